// The ids that the machine's owner gave to users for their own: /etc/subuid and /etc/subgid (subuid(5)).
import { isSyscallError, readText } from "@hutch/syscall";

/** As many as a machine has that was set up in the ordinary way. */
export const RANGE_IDS = 65_536;

export interface SubordinateRange {
  /** A user's name or number. */
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

/** Lines that are none are left out, as newuidmap does. */
export function parseSubordinateIds(text: string): SubordinateRange[] {
  return text.split("\n").flatMap((line) => {
    const found = /^([^:#]+):(\d+):(\d+)\s*$/.exec(line);
    if (found === null) return [];
    const [, owner = "", first, count] = found;
    return [{ owner, first: Number(first), count: Number(count) }];
  });
}

/** Of users and of groups. A machine without such a file gave none. */
export function readSubordinateIds(): { readonly users: SubordinateRange[]; readonly groups: SubordinateRange[] } {
  return { users: readRanges("/etc/subuid"), groups: readRanges("/etc/subgid") };
}

function readRanges(path: string): SubordinateRange[] {
  try {
    return parseSubordinateIds(readText(path));
  } catch (error) {
    if (isSyscallError(error)) return [];
    throw error;
  }
}

/** First id of a range of one of these owners with so many of them; null where there is none. */
export function rangeOf(ranges: readonly SubordinateRange[], owners: readonly string[], count: number): number | null {
  return ranges.find((range) => owners.includes(range.owner) && range.count >= count)?.first ?? null;
}

export function overlaps(ranges: readonly SubordinateRange[], first: number, count: number): boolean {
  return ranges.some((range) => first < range.first + range.count && range.first < first + count);
}
