// Callers who wait for a place in a worker, with a bound. What a place is, the queue does not know: it hands on what became free.
import { HostError } from "@hutch/core";
import { FairQueue, type Priority } from "./fair-queue.ts";

export interface Waiting {
  /** Ends the wait; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** `normal` unless given. */
  readonly priority?: Priority | undefined;
  /** For whom; all that give none are one caller. */
  readonly caller?: string | undefined;
}

interface Waiter<P> {
  readonly serve: (place: P) => void;
  readonly refuse: (error: unknown) => void;
}

export class JobQueue<P> {
  readonly #maxQueue: number;
  readonly #waiters: FairQueue<Waiter<P>> = new FairQueue();
  /** Called when the last one who waited was served. */
  onDrained: (() => void) | null = null;

  /** @param maxQueue how many may wait */
  constructor(maxQueue: number) {
    this.#maxQueue = maxQueue;
  }

  /** Callers that wait now. */
  get size(): number {
    return this.#waiters.size;
  }

  sizeOf(priority: Priority): number {
    return this.#waiters.sizeOf(priority);
  }

  /**
   * Waits for a place.
   * @param soon places that become free without any job having to end: who waits for one of those does not count
   * @throws `signal.reason` when the caller gave up; HostError QUEUE_FULL; what refuseAll() was given
   */
  async wait({ signal, priority = "normal", caller = "" }: Waiting, soon = 0): Promise<P> {
    signal?.throwIfAborted();
    if (this.size >= this.#maxQueue + soon) throw queueFull(this.#maxQueue);
    const { promise, resolve, reject } = Promise.withResolvers<P>();
    const leave = this.#waiters.push({ serve: resolve, refuse: reject }, priority, caller);
    const giveUp = (): void => {
      if (leave()) reject(signal?.reason);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Gives a place to the next caller. @returns false where nobody waits: the place is still yours */
  serve(place: P): boolean {
    const next = this.#waiters.shift();
    next?.serve(place);
    if (next !== undefined && this.size === 0) this.onDrained?.();
    return next !== undefined;
  }

  /** Refuses everybody who waits. */
  refuseAll(error: unknown): void {
    for (let next = this.#waiters.shift(); next !== undefined; next = this.#waiters.shift()) next.refuse(error);
  }
}

function queueFull(maxQueue: number): HostError {
  const waiting = maxQueue === 0 ? "every worker is busy, and maxQueue is 0" : `${maxQueue} calls wait, its maxQueue`;
  return new HostError(
    "QUEUE_FULL",
    `Cannot take another call: the pool's queue is full (${waiting}); call again when others have ended, give the pool more workers, or raise maxQueue`,
  );
}
