// What a terminal may be as large as.
import type { TerminalSize } from "@hutch/syscall";

const MOST = 65_535;

/** @throws TypeError or RangeError for a size that no terminal has */
export function checkTerminalSize(size: TerminalSize): void {
  for (const name of ["columns", "rows"] as const) {
    const value: unknown = (size as TerminalSize | null)?.[name];
    if (typeof value !== "number")
      throw new TypeError(`Cannot use terminal.${name} = ${String(value)}: expected a number`);
    if (!Number.isInteger(value) || value < 1 || value > MOST)
      throw new RangeError(`Cannot use terminal.${name} = ${value}: expected an integer from 1 to ${MOST}`);
  }
}
