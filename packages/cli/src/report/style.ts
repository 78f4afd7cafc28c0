// Colours: only on a terminal, NO_COLOR and FORCE_COLOR honoured. Asking whether something is a terminal costs more than
// the rest of a short run, so nothing is asked or loaded before there is something to colour.

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string): string => text;
const PLAIN: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

export type Environment = Readonly<Record<string, string | undefined>>;

/** @param isTerminal asked only where the environment does not decide */
export function wantsColour(env: Environment, isTerminal: () => boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return env.TERM !== "dumb" && isTerminal();
}

/** @param fd where the text goes: 1 or 2 */
export async function styleFor(fd: 1 | 2, env: Environment = process.env): Promise<Style> {
  if (!wantsColour(env, () => isTerminal(fd))) return PLAIN;
  const { default: picocolors } = await import("picocolors");
  return picocolors.createColors(true);
}

export function isTerminal(fd: 1 | 2): boolean {
  try {
    if (!process.getBuiltinModule("node:fs").fstatSync(fd).isCharacterDevice()) return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBADF") return false;
    throw error;
  }
  return (fd === 1 ? process.stdout : process.stderr).isTTY === true;
}

/** Columns of the terminal, between 60 and 120; 80 where there is none. */
export function terminalColumns(fd: 1 | 2): number {
  const columns = isTerminal(fd) ? (fd === 1 ? process.stdout : process.stderr).columns : undefined;
  return Math.min(120, Math.max(60, columns ?? 80));
}
