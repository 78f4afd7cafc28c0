// What a pool tells whoever listens: `pool.events` is an EventEmitter of Node.
import type { Blame, JobKind, VerdictStatus } from "@hutch/core";
import type { Priority } from "./fair-queue.ts";
import type { WorkerEnd } from "./seat.ts";

/** A job that has a verdict, each try of its own. Times are milliseconds. */
export interface JobEnded {
  readonly kind: JobKind;
  readonly status: VerdictStatus;
  readonly blame: Blame;
  readonly priority: Priority;
  /** As the call gave it; empty where it gave none. */
  readonly caller: string;
  /** 1, or more where it was tried again. */
  readonly attempt: number;
  /** Until there was a worker for it. */
  readonly waitedMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
}

/**
 * Why a call got no verdict.
 * - `full`: the queue was
 * - `gave-up`: its signal was aborted, or its job was killed by its caller
 * - `deadline`: its deadline passed
 * - `closed`: the pool was
 * - `failed`: something failed on our side
 */
export type CallLost = "full" | "gave-up" | "deadline" | "closed" | "failed";

/** Events of `pool.events` by name, with what a listener gets. */
export interface PoolEvents {
  /** A job has its verdict. */
  jobEnded: [JobEnded];
  /** A call ended without one. */
  callLost: [{ readonly why: CallLost; readonly priority: Priority; readonly caller: string; readonly error: unknown }];
  /** It serves. The first ones are there before anybody can listen. */
  workerStarted: [{ readonly pid: number }];
  /** It was not started. Whoever waited for it hears the error. */
  workerFailed: [{ readonly error: unknown }];
  /** After its last job. `jobs`: how many it had. */
  workerEnded: [{ readonly pid: number; readonly why: WorkerEnd; readonly jobs: number }];
  /** Memory is short, as `why` says: `letGo` standbys were ended, and none is made until it is enough again. */
  memoryShort: [{ readonly why: string; readonly letGo: number }];
  memoryEnough: [];
  /** Calls had to wait, and now none does: there is room again. */
  drain: [];
}
