// When this job did what only its runtime can see: goes along with the answer. One object, made before a worker is copied.
import type { JobMoments } from "@hutch/core";
import { monotonicMs, monotonicOf } from "@hutch/syscall";

const moments = { walkedMs: 0, startedMs: 0, requestReadMs: 0, answeredMs: 0 };
/** A fresh Bun would have to ask the kernel for its clock, which the job's filter may forbid: it tells nothing. */
let told = false;

/**
 * First thing in a copy. A worker's rehearsal has made the clock's system calls.
 * @param walkedMs performance.now() when its plan was walked
 */
export function copyStarted(walkedMs: number | null): void {
  told = true;
  moments.startedMs = monotonicMs();
  moments.walkedMs = walkedMs === null ? 0 : monotonicOf(walkedMs);
}

export function requestRead(): void {
  if (told) moments.requestReadMs = monotonicMs();
}

/** @returns all of them; null where they are not known */
export function answered(): JobMoments | null {
  if (!told) return null;
  moments.answeredMs = monotonicMs();
  return moments;
}
