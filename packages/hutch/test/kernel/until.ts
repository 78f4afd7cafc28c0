// Waiting for facts. What never comes is found by the test runner, which says when a test hangs.
import { readdirSync } from "node:fs";

const PAUSE_MS = 5;

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(PAUSE_MS);
}

export function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Their number once it has stayed the same for a while: standbys are made and jobs cleared away behind the caller's back. */
export async function settledDescriptors(): Promise<number> {
  let count = openDescriptors();
  for (let same = 0; same < 50; same += 1) {
    await Bun.sleep(PAUSE_MS);
    const now = openDescriptors();
    if (now !== count) same = 0;
    count = now;
  }
  return count;
}
