// One clock for several processes: the kernel's monotonic one, read by the runtime's own, which needs no system call.
import { call } from "../call.ts";

const CLOCK_MONOTONIC = 1;
const LOOKS = 4;

// SAFETY: kept from before any code of others runs, which may put another one in its place.
const own = performance.now.bind(performance);

let offsetMs: number | null = null;

/** Milliseconds of CLOCK_MONOTONIC, to some microseconds. ORDER: the first use makes system calls, later ones do not. */
export function monotonicMs(): number {
  return monotonicOf(own());
}

/** @param atMs performance.now() of this process */
export function monotonicOf(atMs: number): number {
  offsetMs ??= measureOffset();
  return atMs + offsetMs;
}

/** The quickest of some looks: the first one compiles, and any may be interrupted. */
function measureOffset(): number {
  const time = new BigInt64Array(2);
  let quickestMs = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let look = 0; look < LOOKS; look++) {
    const beforeMs = own();
    call("clock_gettime", CLOCK_MONOTONIC, new Uint8Array(time.buffer));
    const tookMs = own() - beforeMs;
    if (tookMs >= quickestMs) continue;
    quickestMs = tookMs;
    offset = Number(time[0]) * 1000 + Number(time[1]) / 1e6 - beforeMs - tookMs / 2;
  }
  return offset;
}
