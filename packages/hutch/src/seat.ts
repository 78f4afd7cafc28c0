// One worker of a pool: its places for jobs, and what is to be known about its service.
import { workerMemoryBytes } from "./worker-memory.ts";
import type { WorkerProcess } from "./worker-process.ts";
import type { RetirementCause } from "./worker-retirement.ts";

/** Why a worker ended. `died`: nobody of ours ended it; `damaged`: the bundle in its root was not what it should be. */
export type WorkerEnd = RetirementCause | "idle" | "died" | "damaged" | "closed";

/** Its memory is not looked at more often than this. */
const LOOK_MS = 1000;

export class Seat {
  readonly worker: WorkerProcess;
  readonly places: number;
  readonly startedMs: number = performance.now();
  /** Places that nobody has. */
  free: number;
  /** Jobs that it was given. */
  jobs = 0;
  /** It takes no more jobs, for this reason. */
  leaving: WorkerEnd | null = null;
  readonly #bytesWhenReady: number;
  #grownBytes = 0;
  #lookedMs: number = performance.now();
  #idle: ReturnType<typeof setTimeout> | null = null;

  constructor(worker: WorkerProcess, places: number) {
    this.worker = worker;
    this.places = places;
    this.free = places;
    this.#bytesWhenReady = this.#memoryBytes();
  }

  get unused(): boolean {
    return this.free === this.places;
  }

  /** Whether a call may have one of its places. */
  get usable(): boolean {
    return this.leaving === null && this.worker.alive;
  }

  grownBytes(): number {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs > LOOK_MS) {
      this.#lookedMs = nowMs;
      this.#grownBytes = this.#memoryBytes() - this.#bytesWhenReady;
    }
    return this.#grownBytes;
  }

  #memoryBytes(): number {
    return workerMemoryBytes(this.worker.pid, this.worker.machine.init !== null);
  }

  /** Calls back once it was unused for so long, without keeping this process alive. */
  whenIdleFor(ms: number, then: () => void): void {
    this.busy();
    if (ms === Number.POSITIVE_INFINITY) return;
    this.#idle = setTimeout(then, ms);
    this.#idle.unref();
  }

  busy(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
  }
}
