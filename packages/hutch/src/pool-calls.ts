// The calls of a pool: each waits for a worker, gives its job to it, and hands the worker on. A job whose verdict says that
// another try may help waits again, at the end of its caller's line: it is no reason to let others wait.
import { type Attempt, isHutchError, type JobKind, type Report, type Verdict } from "@hutch/core";
import { type CallDeadline, startDeadline } from "./call-deadline.ts";
import type { CheckedCall } from "./call-options.ts";
import { hostFailure } from "./host-failure.ts";
import { poolClosed } from "./pool-closed.ts";
import type { JobCall } from "./pool-jobs.ts";
import type { PoolRecord } from "./pool-record.ts";
import { attemptOf, mayRetry } from "./retry.ts";
import type { WorkerProcess } from "./worker-process.ts";
import type { WorkerSlots } from "./worker-slots.ts";

/** The parts of a result that matter here. */
interface Judged {
  readonly verdict: Verdict;
  readonly report: Report;
}

interface Try {
  readonly kind: JobKind;
  readonly call: CheckedCall;
  readonly deadline: CallDeadline;
  readonly startedMs: number;
  /** 1 for the first. */
  readonly attempt: number;
}

/** What is done about prepared code that is damaged, before the caller hears of it. */
export interface Mending {
  /** @param worker in whose root the job ran @returns whether another try has other code */
  mend(worker: WorkerProcess): Promise<boolean>;
}

type RunJob<T> = (given: JobCall) => Promise<T>;

/** Each worker may have a damaged copy of its own. */
const MOST_MENDED = 3;
/** They end a call that waits for another try with the verdict that it has. */
const NO_FURTHER_TRY: ReadonlySet<string> = new Set(["DEADLINE_PASSED", "QUEUE_FULL", "POOL_CLOSED"]);

export class PoolCalls {
  readonly #slots: WorkerSlots;
  readonly #record: PoolRecord;
  readonly #open: Set<Promise<unknown>> = new Set();
  #running = 0;
  #closing = false;
  #destroyed = false;

  constructor(slots: WorkerSlots, record: PoolRecord) {
    this.#slots = slots;
    this.#record = record;
  }

  /** Jobs that run now. */
  get running(): number {
    return this.#running;
  }

  /**
   * @param job runs one job in the worker that it is given
   * @throws HostError POOL_CLOSED, QUEUE_FULL or DEADLINE_PASSED; `signal.reason` when the caller gave up; what `job` throws
   */
  async serve<T extends Judged>(kind: JobKind, call: CheckedCall, job: RunJob<T>, mending?: Mending): Promise<T> {
    const served = this.#serve(kind, call, job, mending);
    this.#open.add(served);
    try {
      return await served;
    } catch (thrown) {
      // One signal may end both the pool and the call: then the caller gave up.
      const closed = isHutchError(thrown) && thrown.code === "POOL_CLOSED";
      const error = closed && call.signal?.aborted === true ? call.signal.reason : thrown;
      this.#record.callLost(call, error);
      throw hostFailure(error, "run the job");
    } finally {
      this.#open.delete(served);
    }
  }

  async #serve<T extends Judged>(
    kind: JobKind,
    call: CheckedCall,
    job: RunJob<T>,
    mending: Mending | undefined,
  ): Promise<T> {
    if (this.#closing) throw poolClosed();
    const startedMs = performance.now();
    using deadline = startDeadline(call.deadlineMs, call.signal);
    const attempts: Attempt[] = [];
    let last: T | null = null;
    let mended = 0;
    for (;;) {
      try {
        const given = { kind, call, deadline, startedMs, attempt: attempts.length + 1 };
        const { result, worker } = await this.#try(given, job);
        last = result;
        if (last.verdict.status === "invalid-artifact" && mended < MOST_MENDED && (await mending?.mend(worker))) {
          mended += 1;
          attempts.push(attemptOf(last.report));
          continue;
        }
      } catch (error) {
        if (last !== null && isHutchError(error) && NO_FURTHER_TRY.has(error.code))
          return withAttempts(last, attempts.slice(0, -1));
        throw error;
      }
      if (!mayRetry(last.verdict, attempts.length - mended, call.retries)) return withAttempts(last, attempts);
      attempts.push(attemptOf(last.report));
    }
  }

  async #try<T extends Judged>(
    { kind, call, deadline, startedMs, attempt }: Try,
    job: RunJob<T>,
  ): Promise<{ readonly result: T; readonly worker: WorkerProcess }> {
    const { signal } = deadline;
    const { priority, caller, limits } = call;
    const calledMs = performance.now();
    const { worker, release } = await this.#slots.lease({ signal, priority, caller });
    const waitedMs = performance.now() - calledMs;
    let over: Promise<unknown> = Promise.resolve();
    this.#running += 1;
    try {
      signal?.throwIfAborted();
      deadline.started();
      const ending = (promise: Promise<unknown>): void => {
        over = promise;
      };
      const result = await job({ worker, limits, signal, startedMs, ending });
      // Its worker was ended under it, and by its owner.
      if (this.#destroyed && result.verdict.status === "worker-died") throw poolClosed();
      this.#record.jobEnded(kind, call, attempt, waitedMs, result.report);
      return { result, worker };
    } catch (error) {
      throw this.#destroyed && isHutchError(error) && error.code === "HOST_FAILURE" ? poolClosed(error) : error;
    } finally {
      this.#running -= 1;
      release(over);
    }
  }

  /** Takes no more calls. @returns when those that came before have ended */
  async drain(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#open);
  }

  /** Takes no more calls, and those that came before end with their workers. */
  destroy(): void {
    this.#closing = true;
    this.#destroyed = true;
  }
}

function withAttempts<T extends Judged>(result: T, attempts: readonly Attempt[]): T {
  return attempts.length === 0 ? result : { ...result, report: { ...result.report, attempts } };
}
