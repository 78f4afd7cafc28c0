// The workers of a pool: one job per worker at a time, callers served in the order of their coming.
// A worker that died is replaced when the next caller needs it.
import { HostError } from "@hutch/core";
import { JobQueue, type Waiting } from "./job-queue.ts";
import { type WorkerOptions, WorkerProcess } from "./worker-process.ts";

interface Slot {
  worker: Promise<WorkerProcess> | null;
}

export interface Lease {
  readonly worker: WorkerProcess;
  /** @param over when nothing of the job is left in the worker's network: the next one comes after it */
  release(over: Promise<unknown>): void;
}

export class WorkerSlots {
  readonly #options: WorkerOptions;
  readonly #slots: readonly Slot[];
  readonly #free: Slot[];
  readonly #queue: JobQueue<Slot>;
  /** Slots whose job has ended, and which are free as soon as nothing of it is left. */
  #clearing = 0;
  /** Called when nothing of a job is left in a worker and nobody waits for one. */
  onIdle: ((worker: WorkerProcess) => void) | null = null;
  #closed = false;

  /** @param maxQueue how many callers may wait */
  constructor(options: WorkerOptions, count: number, maxQueue: number) {
    this.#options = options;
    this.#queue = new JobQueue(maxQueue);
    this.#slots = Array.from({ length: count }, () => ({ worker: null }));
    this.#free = [...this.#slots];
  }

  /** Starts all of them. @throws what the first failing one throws, after the others were closed */
  async startAll(): Promise<readonly WorkerProcess[]> {
    const started = await Promise.allSettled(this.#slots.map((slot) => this.#workerOf(slot)));
    const failed = started.find((result) => result.status === "rejected");
    if (failed === undefined) return started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    await this.close();
    throw failed.reason;
  }

  /** Waits for a free worker. @throws `signal.reason` when the caller gave up; HostError POOL_CLOSED or QUEUE_FULL */
  async lease(waiting: Waiting): Promise<Lease> {
    const slot = await this.#freeSlot(waiting);
    try {
      const worker = await this.#workerOf(slot);
      const free = (): void => {
        this.#clearing -= 1;
        if (this.#release(slot) && worker.alive && !this.#closed) this.onIdle?.(worker);
      };
      const release = (over: Promise<unknown>): void => {
        this.#clearing += 1;
        over.then(free, free);
      };
      return { worker, release };
    } catch (error) {
      this.#release(slot);
      throw error;
    }
  }

  async #freeSlot(waiting: Waiting): Promise<Slot> {
    waiting.signal?.throwIfAborted();
    if (this.#closed) throw new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed");
    return this.#free.pop() ?? (await this.#queue.wait(waiting, this.#clearing));
  }

  /** @returns whether it is free now, and not the next caller's */
  #release(slot: Slot): boolean {
    if (this.#queue.serve(slot)) return false;
    this.#free.push(slot);
    return true;
  }

  async #workerOf(slot: Slot): Promise<WorkerProcess> {
    const current = await slot.worker?.catch(() => null);
    if (current?.alive === true) return current;
    await current?.close();
    if (this.#closed) throw new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed");
    slot.worker = WorkerProcess.start(this.#options);
    return await slot.worker;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.refuseAll(new HostError("POOL_CLOSED", "Cannot run a job: the pool was closed"));
    const workers = await Promise.allSettled(this.#slots.map((slot) => slot.worker));
    await Promise.all(workers.map((result) => (result.status === "fulfilled" ? result.value?.close() : undefined)));
  }
}
