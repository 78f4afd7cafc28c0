// Whole numbers among the options of pools and calls.

/** @throws TypeError for what is not a number; RangeError for one that is not whole or out of range */
export function checkWholeNumber(name: string, given: unknown, least: number, most: number): number {
  const expected = `expected a whole number from ${least} to ${most}`;
  if (typeof given !== "number") throw new TypeError(`Cannot use ${name} = ${String(given)}: ${expected}`);
  if (!Number.isInteger(given) || given < least || given > most)
    throw new RangeError(`Cannot use ${name} = ${given}: ${expected}`);
  return given;
}
