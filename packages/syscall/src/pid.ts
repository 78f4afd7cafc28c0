// Process ids with a brand: 0 and negative numbers mean whole groups to the kernel and never get in by accident.

declare const pidBrand: unique symbol;

/** The id of one process, always positive. */
export type Pid = number & { readonly [pidBrand]: true };

/** @throws RangeError unless it is an integer from 1 to 2^31 - 1. */
export function toPid(value: number): Pid {
  if (!Number.isInteger(value) || value < 1 || value > 0x7fffffff)
    throw new RangeError(`Cannot use ${value} as a process id: expected an integer from 1 to 2147483647`);
  return value as Pid;
}
