// pool.stats(): what a pool is doing, and what it has done since it was created.
import type { VerdictStatus } from "@hutch/core";
import type { Priority } from "./fair-queue.ts";
import type { CallLost } from "./pool-events.ts";
import type { WorkerEnd } from "./seat.ts";

/** One look at a pool. */
export interface PoolStats {
  readonly workers: {
    /** Now. A worker that is retired counts until its last job is over. */
    readonly ready: number;
    /** Of those, with a job. */
    readonly busy: number;
    readonly starting: number;
    /** Since the pool was created. */
    readonly started: number;
    readonly failed: number;
    readonly ended: Readonly<Record<WorkerEnd, number>>;
  };
  readonly standbys: {
    /** Now: jobs that wait for a call. */
    readonly waiting: number;
    /** Why none is made: where memory is short, in one sentence; null while it is enough. */
    readonly heldBack: string | null;
    /** Since the pool was created: those that were ended because memory was short. */
    readonly letGo: number;
  };
  readonly jobs: {
    /** Now. */
    readonly running: number;
    /** Since the pool was created, each try of its own. */
    readonly ended: Readonly<Record<VerdictStatus, number>>;
    /** Of those, not the first try of their call. */
    readonly retried: number;
  };
  readonly calls: {
    /** Now, of each priority. */
    readonly waiting: Readonly<Record<Priority, number>>;
    /** Since the pool was created: those that got no verdict. */
    readonly lost: Readonly<Record<CallLost, number>>;
  };
}
