// The time that a caller gives a call, from the call to its answer: it goes on while the call waits for a worker.
import { HostError } from "@hutch/core";

export interface CallDeadline extends Disposable {
  /** Aborts when the caller gives up, or the deadline passes. */
  readonly signal: AbortSignal | undefined;
  /** The call has a worker: a deadline that passes from now on ends a job. */
  started(): void;
  /** Milliseconds; null where there is no deadline. */
  leftMs(): number | null;
}

export function startDeadline(deadlineMs: number | null, signal: AbortSignal | undefined): CallDeadline {
  if (deadlineMs === null)
    return { signal, started: () => undefined, leftMs: () => null, [Symbol.dispose]: () => undefined };
  const calledMs = performance.now();
  let startedMs: number | null = null;
  const passed = new AbortController();
  const timer = setTimeout(() => {
    const waited = startedMs === null ? "" : ` (it waited ${(startedMs - calledMs).toFixed(0)} ms for a worker)`;
    const where = startedMs === null ? "while the call waited for a worker" : `while its job ran${waited}`;
    passed.abort(
      new HostError("DEADLINE_PASSED", `Cannot finish the job: its deadline of ${deadlineMs} ms passed ${where}`, {
        hints: ["give it a longer deadlineMs, or the pool more workers"],
      }),
    );
  }, deadlineMs);
  return {
    signal: signal === undefined ? passed.signal : AbortSignal.any([signal, passed.signal]),
    started: () => {
      startedMs ??= performance.now();
    },
    leftMs: () => Math.max(0, calledMs + deadlineMs - performance.now()),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
