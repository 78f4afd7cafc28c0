// What a pool has done so far: counted for stats(), and told to whoever listens to its events.
import { EventEmitter } from "node:events";
import { isHutchError, type JobKind, type Report, VERDICT_STATUSES, type VerdictStatus } from "@hutch/core";
import type { CheckedCall } from "./call-options.ts";
import type { CallLost, PoolEvents } from "./pool-events.ts";
import type { WorkerEnd } from "./seat.ts";

const LOST: Readonly<Record<string, CallLost>> = {
  QUEUE_FULL: "full",
  DEADLINE_PASSED: "deadline",
  POOL_CLOSED: "closed",
};

export class PoolRecord {
  readonly events: EventEmitter<PoolEvents> = new EventEmitter();
  readonly jobs: Record<VerdictStatus, number> = zeros(VERDICT_STATUSES);
  readonly calls: Record<CallLost, number> = zeros(["full", "gave-up", "deadline", "closed", "failed"]);
  readonly workers: Record<WorkerEnd, number> = zeros(["jobs", "age", "memory", "idle", "died", "damaged", "closed"]);
  workersStarted = 0;
  workersFailed = 0;
  retried = 0;
  letGo = 0;

  jobEnded(
    kind: JobKind,
    { priority, caller }: CheckedCall,
    attempt: number,
    waitedMs: number,
    { status, blame, usage }: Report,
  ): void {
    const { wallMs, cpuMs, peakMemoryBytes } = usage;
    this.jobs[status] += 1;
    if (attempt > 1) this.retried += 1;
    this.tell("jobEnded", {
      kind,
      status,
      blame,
      priority,
      caller,
      attempt,
      waitedMs,
      wallMs,
      cpuMs,
      peakMemoryBytes,
    });
  }

  callLost({ priority, caller, signal }: CheckedCall, error: unknown): void {
    const why =
      (isHutchError(error) ? LOST[error.code] : undefined) ?? (signal?.aborted === true ? "gave-up" : "failed");
    this.calls[why] += 1;
    this.tell("callLost", { why, priority, caller, error });
  }

  workerStarted(pid: number): void {
    this.workersStarted += 1;
    this.tell("workerStarted", { pid });
  }

  workerFailed(error: unknown): void {
    this.workersFailed += 1;
    this.tell("workerFailed", { error });
  }

  workerEnded(pid: number, why: WorkerEnd, jobs: number): void {
    this.workers[why] += 1;
    this.tell("workerEnded", { pid, why, jobs });
  }

  memoryShort(why: string, letGo: number): void {
    this.letGo += letGo;
    this.tell("memoryShort", { why, letGo });
  }

  /** ORDER: in a turn of its own: a listener that throws is its owner's uncaught exception and breaks nothing here. */
  tell<K extends keyof PoolEvents>(name: K, ...args: PoolEvents[K]): void {
    if (this.events.listenerCount(name) === 0) return;
    queueMicrotask(() => {
      (this.events as EventEmitter).emit(name, ...args);
    });
  }
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}
