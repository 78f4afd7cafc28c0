// Limits that the host watches: wall time, CPU time, and memory where the kernel does not.
// Timers are set on the remaining budget: a check can only find that the time has come or that more remains.
import type { KillCause, Limits } from "@hutch/core";
import { HOST_PULSE } from "./host-pulse.ts";
import { type Meter, UNMETERED } from "./meter.ts";

/** Memory is sampled this often where no cgroup enforces it. */
const SAMPLE_MS = 10;
/** CPU time is not checked more often than this: the kernel adds it up in ticks of a few milliseconds. */
const LEAST_CHECK_MS = 2;
/** A host that stood still this long, and for this share of the limit, may be why a job did not end in time. */
const STALL_MS = 250;
const STALL_SHARE = 0.05;
/** After it stood still, what happened meanwhile is there to be read: a job that ended is not one that ran into its limit. */
const CATCH_UP_MS = 50;

export interface Deadlines extends Disposable {
  /** The host's event loop, or the machine, stood still for a while. */
  readonly hostStalled: boolean;
}

const UNLIMITED: Deadlines = { hostStalled: false, [Symbol.dispose]: () => undefined };

export function watchDeadlines(
  limits: Limits,
  meter: () => Meter | null,
  startedMs: number,
  end: (cause: KillCause) => void,
): Deadlines {
  // A worker lives as long as its pool, and an idle pool is not to be woken up.
  if (meter() === UNMETERED) return UNLIMITED;
  const still = HOST_PULSE.watch();
  const stalled = (): boolean => still.stillMs() > Math.max(STALL_MS, limits.wallMs * STALL_SHARE);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const after = (delayMs: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
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
  const endForTime = (): void => end("wall-limit");
  after(Math.max(0, limits.wallMs - (performance.now() - startedMs)), () => {
    if (stalled()) after(CATCH_UP_MS, endForTime);
    else endForTime();
  });
  checkMemory();

  return {
    get hostStalled() {
      return stalled();
    },
    [Symbol.dispose]() {
      still[Symbol.dispose]();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
