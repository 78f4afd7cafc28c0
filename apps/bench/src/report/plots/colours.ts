// Colours as names of the style sheet, which has a set for light and one for dark pages.
const SERIES = 9;

const OURS = "var(--ours)";
const OTHERS = "var(--others)";
export const REFERENCE = "var(--reference)";

/** @param places which colour each name has; in turn unless given */
export function seriesColours(
  names: readonly string[],
  places: readonly number[] = names.map((_, index) => index),
): { readonly domain: string[]; readonly range: string[] } {
  return { domain: [...names], range: places.map((place) => `var(--series-${place % SERIES})`) };
}

/** What Hutch itself does; everything else is what it is held against. */
export function colourOf(name: string): string {
  return /^(run\(\)|pool\.|sandbox-cli|hutch|a worker|a standby|a running|one of)/.test(name) ? OURS : OTHERS;
}
