// The calls of a pool: each waits for a worker, gives its job to it, and hands the worker on.
import { HostError } from "@hutch/core";
import { startDeadline } from "./call-deadline.ts";
import type { CheckedCall } from "./call-options.ts";
import type { JobCall } from "./pool-jobs.ts";
import type { WorkerSlots } from "./worker-slots.ts";

export class PoolCalls {
  readonly #slots: WorkerSlots;
  readonly #open: Set<Promise<unknown>> = new Set();
  #closing = false;

  constructor(slots: WorkerSlots) {
    this.#slots = slots;
  }

  /**
   * @param job runs one job in the worker that it is given
   * @throws HostError POOL_CLOSED, QUEUE_FULL or DEADLINE_PASSED; `signal.reason` when the caller gave up; what `job` throws
   */
  async serve<T>(call: CheckedCall, job: (given: JobCall) => Promise<T>): Promise<T> {
    if (this.#closing) throw new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed");
    const served = this.#serve(call, job);
    this.#open.add(served);
    try {
      return await served;
    } finally {
      this.#open.delete(served);
    }
  }

  async #serve<T>(call: CheckedCall, job: (given: JobCall) => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    using deadline = startDeadline(call.deadlineMs, call.signal);
    const { signal } = deadline;
    const { priority, caller, limits } = call;
    const lease = await this.#slots.lease({ signal, priority, caller });
    let over: Promise<unknown> = Promise.resolve();
    try {
      signal?.throwIfAborted();
      deadline.started();
      const ending = (promise: Promise<unknown>): void => {
        over = promise;
      };
      return await job({ worker: lease.worker, limits, signal, startedMs, ending });
    } finally {
      lease.release(over);
    }
  }

  /** Takes no more calls. @returns when those that came before have ended */
  async drain(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#open);
  }
}
