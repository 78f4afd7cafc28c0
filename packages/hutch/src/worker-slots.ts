// The workers of a pool, each with places for so many jobs at once. A call gets a place in the worker that has the most of them
// free; where none has, it waits, and one more worker is started if the pool may have one.
import { JobQueue, type Waiting } from "./job-queue.ts";
import { poolClosed } from "./pool-closed.ts";
import { Seat, type WorkerEnd } from "./seat.ts";
import type { WorkerCounts } from "./worker-counts.ts";
import { type WorkerOptions, WorkerProcess } from "./worker-process.ts";
import { type RetirementCause, whyRetire } from "./worker-retirement.ts";

/** After a start that failed, while others serve: a worker that can not be started is not tried for every call. */
const START_AGAIN_MS = 1000;
/** Starts that fail one after the other, while none serves: then whoever waits hears why. */
const MOST_FAILURES = 3;

export interface Lease {
  readonly worker: WorkerProcess;
  /** @param over when nothing of the job is left in the worker's network: the next one comes after it */
  release(over: Promise<unknown>): void;
}

export interface WorkerListener {
  /** A place in it is free, and nobody waits for it. */
  idle(worker: WorkerProcess): void;
  started(worker: WorkerProcess): void;
  /** It could not be started. */
  failed(error: unknown): void;
  ended(worker: WorkerProcess, why: WorkerEnd, jobs: number): void;
}

export class WorkerSlots {
  readonly #options: WorkerOptions;
  readonly #counts: WorkerCounts;
  readonly #seats: Set<Seat> = new Set();
  readonly #queue: JobQueue<Seat>;
  /** Not ready yet; those that take the place of another are among them. */
  readonly #starting: Set<Promise<unknown>> = new Set();
  /** Those that another one is being started for. */
  readonly #replaced: Set<Seat> = new Set();
  readonly #ending: Set<Promise<void>> = new Set();
  /** Places whose job has ended, and which are free as soon as nothing of it is left. */
  #clearing = 0;
  #startAgainMs = 0;
  #failures = 0;
  listener: WorkerListener | null = null;
  #closed = false;

  /** @param maxQueue how many callers may wait */
  constructor(options: WorkerOptions, counts: WorkerCounts, maxQueue: number) {
    this.#options = options;
    this.#counts = counts;
    this.#queue = new JobQueue(maxQueue);
  }

  get queue(): Pick<JobQueue<Seat>, "sizeOf" | "onDrained"> {
    return this.#queue;
  }

  /** Workers in which a place is free. */
  idle(): readonly WorkerProcess[] {
    return [...this.#seats].filter((seat) => seat.usable && seat.free > 0).map(({ worker }) => worker);
  }

  /** Workers that there are, and those of them that have a job. */
  count(): { readonly ready: number; readonly busy: number; readonly starting: number } {
    const seats = [...this.#seats].filter((seat) => seat.worker.alive);
    return {
      ready: seats.length,
      busy: seats.filter((seat) => !seat.unused).length,
      starting: this.#starting.size,
    };
  }

  /** Starts the first ones. @throws what the first failing one throws, after the others were closed */
  async startFirst(): Promise<readonly WorkerProcess[]> {
    const first = Math.max(1, this.#counts.min);
    const started = await Promise.allSettled(Array.from({ length: first }, () => WorkerProcess.start(this.#options)));
    for (const result of started) if (result.status === "fulfilled") this.#seat(result.value);
    const failed = started.find((result) => result.status === "rejected");
    for (const seat of this.#seats) this.#endWhenIdle(seat);
    if (failed === undefined) return [...this.#seats].map((seat) => seat.worker);
    await this.close();
    throw failed.reason;
  }

  /** Waits for a place in a worker. @throws `signal.reason` when the caller gave up; HostError POOL_CLOSED or QUEUE_FULL */
  async lease(waiting: Waiting): Promise<Lease> {
    waiting.signal?.throwIfAborted();
    if (this.#closed) throw poolClosed();
    const seat = this.#take() ?? (await this.#wait(waiting));
    if (this.#closed) throw poolClosed();
    seat.jobs += 1;
    const free = (): void => {
      this.#clearing -= 1;
      this.#release(seat);
    };
    const release = (over: Promise<unknown>): void => {
      this.#clearing += 1;
      over.then(free, free);
    };
    return { worker: seat.worker, release };
  }

  #take(): Seat | null {
    let freest: Seat | null = null;
    for (const seat of this.#seats) {
      if (!seat.usable && seat.unused) this.#leave(seat, "died");
      else if (seat.usable && seat.free > (freest?.free ?? 0)) freest = seat;
    }
    if (freest === null) return null;
    freest.free -= 1;
    freest.busy();
    return freest;
  }

  async #wait(waiting: Waiting): Promise<Seat> {
    // Who gets a worker of his own waits for no job to end.
    const more = Math.max(0, this.#counts.max - this.#usable());
    const place = this.#queue.wait(waiting, this.#clearing + more * this.#options.jobsAtOnce);
    this.#grow();
    return await place;
  }

  #usable(): number {
    let usable = 0;
    for (const seat of this.#seats) if (seat.usable) usable += 1;
    return usable;
  }

  /** Starts as many as those who wait need, and the pool may have. */
  #grow(): void {
    // What comes for one that serves on comes in its place; for one that died meanwhile it is there for everybody.
    const coming = this.#starting.size - [...this.#replaced].filter((seat) => seat.usable).length;
    const room = this.#counts.max - this.#usable() - coming;
    const needed = Math.ceil(this.#queue.size / this.#options.jobsAtOnce) - coming;
    if (this.#closed || (performance.now() < this.#startAgainMs && this.#usable() > 0)) return;
    for (let i = 0; i < Math.min(room, needed); i += 1) this.#start(null);
  }

  /** @param replaced takes no more jobs once the new one is ready */
  #start(replaced: { readonly seat: Seat; readonly why: RetirementCause } | null): void {
    if (replaced !== null) this.#replaced.add(replaced.seat);
    const starting = WorkerProcess.start(this.#options).then(
      async (worker) => {
        if (this.#closed) return await worker.close();
        this.#failures = 0;
        const seat = this.#seat(worker);
        if (replaced !== null) this.#leave(replaced.seat, replaced.why);
        while (seat.free > 0 && this.#queue.serve(seat)) seat.free -= 1;
        if (seat.free > 0) this.listener?.idle(worker);
        if (seat.unused) this.#endWhenIdle(seat);
      },
      (error: unknown) => {
        this.listener?.failed(error);
        this.#startAgainMs = performance.now() + START_AGAIN_MS;
        this.#failures += 1;
        // Where others serve, whoever waits will be served by them.
        if (this.#usable() === 0 && this.#failures >= MOST_FAILURES) this.#queue.refuseAll(error);
      },
    );
    this.#starting.add(starting);
    starting.finally(() => {
      this.#starting.delete(starting);
      if (replaced !== null) this.#replaced.delete(replaced.seat);
      this.#grow();
    });
  }

  #seat(worker: WorkerProcess): Seat {
    const seat = new Seat(worker, this.#options.jobsAtOnce);
    this.#seats.add(seat);
    this.listener?.started(worker);
    return seat;
  }

  #release(seat: Seat): void {
    if (!seat.usable) {
      seat.free += 1;
      if (seat.unused) this.#leave(seat, "died");
      this.#grow();
      return;
    }
    if (!this.#queue.serve(seat)) {
      seat.free += 1;
      this.listener?.idle(seat.worker);
      if (seat.unused) this.#endWhenIdle(seat);
    }
    this.#grow();
    this.#retire(seat);
  }

  #endWhenIdle(seat: Seat): void {
    seat.whenIdleFor(this.#counts.idleTimeoutMs, () => {
      if (this.#usable() > this.#counts.min) this.#leave(seat, "idle");
    });
  }

  /** ORDER: the next one is started first, so that no call waits for it. */
  #retire(seat: Seat): void {
    if (this.#replaced.has(seat) || this.#closed || performance.now() < this.#startAgainMs) return;
    const ageMs = performance.now() - seat.startedMs;
    const after = this.#counts.retireAfter;
    const grownBytes = after.grownBytes === Number.POSITIVE_INFINITY ? 0 : seat.grownBytes();
    const why = whyRetire(after, { jobs: seat.jobs, ageMs, grownBytes });
    if (why !== null) this.#start({ seat, why });
  }

  /** It takes no more jobs, and another one is started when a call needs it. @returns whether it was one of ours */
  dismiss(worker: WorkerProcess, why: WorkerEnd): boolean {
    for (const seat of this.#seats)
      if (seat.worker === worker) {
        this.#leave(seat, why);
        return true;
      }
    return false;
  }

  /** It takes no more jobs, and ends when those that it has are over. */
  #leave(seat: Seat, why: WorkerEnd): void {
    seat.leaving ??= seat.worker.alive ? why : "died";
    seat.busy();
    if (!seat.unused || !this.#seats.delete(seat)) return;
    const ending = this.#end(seat, why).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #end(seat: Seat, why: WorkerEnd): Promise<void> {
    seat.leaving ??= why;
    seat.busy();
    const { worker, leaving, jobs } = seat;
    await worker.close();
    this.listener?.ended(worker, leaving, jobs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.refuseAll(poolClosed());
    await Promise.allSettled(this.#starting);
    const seats = [...this.#seats];
    this.#seats.clear();
    await Promise.all([...this.#ending, ...seats.map((seat) => this.#end(seat, "closed"))]);
  }
}
