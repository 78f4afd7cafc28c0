// The workers of a pool, each with places for so many jobs at once. Callers get a place in the worker that has the most of them
// free. A worker that died is replaced when the next caller needs it.
import { HostError } from "@hutch/core";
import { JobQueue, type Waiting } from "./job-queue.ts";
import { type WorkerOptions, WorkerProcess } from "./worker-process.ts";

interface Slot {
  worker: Promise<WorkerProcess> | null;
  /** Places that nobody has. */
  free: number;
}

export interface Lease {
  readonly worker: WorkerProcess;
  /** @param over when nothing of the job is left in the worker's network: the next one comes after it */
  release(over: Promise<unknown>): void;
}

export class WorkerSlots {
  readonly #options: WorkerOptions;
  readonly #slots: readonly Slot[];
  readonly #queue: JobQueue<Slot>;
  /** Slots whose job has ended, and which are free as soon as nothing of it is left. */
  #clearing = 0;
  /** Called when a place in a worker is free again and nobody waits for it. */
  onIdle: ((worker: WorkerProcess) => void) | null = null;
  #closed = false;

  /** @param maxQueue how many callers may wait */
  constructor(options: WorkerOptions, count: number, maxQueue: number) {
    this.#options = options;
    this.#queue = new JobQueue(maxQueue);
    this.#slots = Array.from({ length: count }, () => ({ worker: null, free: options.jobsAtOnce }));
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
    const freest = this.#slots.reduce((best, slot) => (slot.free > best.free ? slot : best));
    if (freest.free === 0) return await this.#queue.wait(waiting, this.#clearing);
    freest.free -= 1;
    return freest;
  }

  /** @returns whether it is free now, and not the next caller's */
  #release(slot: Slot): boolean {
    if (this.#queue.serve(slot)) return false;
    slot.free += 1;
    return true;
  }

  /** One caller replaces a dead worker; those that come at the same time wait for the same one. */
  async #workerOf(slot: Slot): Promise<WorkerProcess> {
    for (;;) {
      const known = slot.worker;
      const current = (await known?.catch(() => null)) ?? null;
      if (current?.alive === true) return current;
      if (this.#closed) throw new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed");
      if (slot.worker !== known) continue;
      slot.worker = this.#replace(current);
      return await slot.worker;
    }
  }

  async #replace(dead: WorkerProcess | null): Promise<WorkerProcess> {
    await dead?.close();
    if (this.#closed) throw new HostError("POOL_CLOSED", "Cannot run a job: the pool is closed");
    return await WorkerProcess.start(this.#options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.refuseAll(new HostError("POOL_CLOSED", "Cannot run a job: the pool was closed"));
    const workers = await Promise.allSettled(this.#slots.map((slot) => slot.worker));
    await Promise.all(workers.map((result) => (result.status === "fulfilled" ? result.value?.close() : undefined)));
  }
}
