// The AbortSignal among the options of whatever can be given up.

/** @throws TypeError for anything else, such as the controller that it belongs to */
export function checkSignal(given: unknown): void {
  if (given === undefined || given instanceof AbortSignal) return;
  const controller = given instanceof AbortController ? "; did you mean its .signal?" : "";
  throw new TypeError(`Cannot use signal: expected an AbortSignal${controller}`);
}
