// The time of day to a microsecond, as a program in a sandbox sees it too. Bun's fine clocks begin with the process.

/** Clocks drift apart: the offset is measured anew after so long. */
const FRESH_MS = 500;

let offsetMs = 0;
let measuredMs = Number.NEGATIVE_INFINITY;

/** Milliseconds since 1970. May take a millisecond; what it says is of the moment when it returns. */
export function wallClock(): number {
  if (performance.now() - measuredMs > FRESH_MS) calibrate();
  return performance.now() + offsetMs;
}

/** At the moment in which the coarse clock moves on, both are known. */
function calibrate(): void {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  measuredMs = performance.now();
  offsetMs = now - measuredMs;
}
