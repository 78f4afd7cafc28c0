// CPU time that the whole machine has used, also in the kernel's own threads that take down what a job leaves.
import { readFileSync } from "node:fs";

/** USER_HZ: what the kernel counts in for programs, on every architecture. */
const TICK_MS = 10;
const IDLE = 3;
const WAITS_FOR_DISK = 4;
/** Behind them: what was stolen, and what is in the others already. */
const COUNTED = 7;

/** Milliseconds over all processors. What the hypervisor gave to others is not in it. */
export function machineCpuMs(): number {
  const line = /^cpu\s+(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
  const ticks = line.split(/\s+/).map(Number).slice(0, COUNTED);
  return (
    ticks.reduce((sum, value, index) => (index === IDLE || index === WAITS_FOR_DISK ? sum : sum + value), 0) * TICK_MS
  );
}
