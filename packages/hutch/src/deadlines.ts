// Limits that the host watches: wall time, CPU time, and memory where the kernel does not.
// Timers are set on the remaining budget: a check can only find that the time has come or that more remains.
import type { KillCause, Limits } from "@hutch/core";
import type { Meter } from "./meter.ts";

/** Memory is sampled this often where no cgroup enforces it. */
const SAMPLE_MS = 10;
/** CPU time is not checked more often than this: the kernel adds it up in ticks of a few milliseconds. */
const LEAST_CHECK_MS = 2;
/** A timer that fires this much too late means that the host itself did not run. */
const STALL_MS = 250;

export interface Deadlines extends Disposable {
  /** The host's event loop was late for one of the timers. */
  readonly hostStalled: boolean;
}

export function watchDeadlines(
  limits: Limits,
  meter: () => Meter | null,
  startedMs: number,
  end: (cause: KillCause) => void,
): Deadlines {
  let stalled = false;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const after = (delayMs: number, action: () => void): void => {
    const due = performance.now() + delayMs;
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (performance.now() - due > STALL_MS) stalled = true;
      action();
    }, delayMs);
    timers.add(timer);
  };

  const cpus = Math.min(navigator.hardwareConcurrency, limits.processes);
  const checkCpu = (): void => {
    const left = limits.cpuMs - (meter()?.cpuMs() ?? 0);
    if (left <= 0) end("cpu-limit");
    else after(Math.max(LEAST_CHECK_MS, left / cpus), checkCpu);
  };
  const checkMemory = (): void => {
    const bytes = meter()?.sampledMemoryBytes();
    if (bytes === null) return;
    if (bytes !== undefined && bytes > limits.memoryBytes) end("memory-limit");
    else after(SAMPLE_MS, checkMemory);
  };
  // A job with less wall time than CPU time on all processors can not reach its CPU limit first.
  if (limits.cpuMs / cpus <= limits.wallMs) after(limits.cpuMs / cpus, checkCpu);
  after(Math.max(0, limits.wallMs - (performance.now() - startedMs)), () => end("wall-limit"));
  checkMemory();

  return {
    get hostStalled() {
      return stalled;
    },
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
