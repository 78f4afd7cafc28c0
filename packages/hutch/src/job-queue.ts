// Callers who wait for a place in a worker. What a place is, the queue does not know: it hands on whatever became free.
export interface Waiting {
  /** Ends the wait; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<P> {
  readonly serve: (place: P) => void;
  readonly refuse: (error: unknown) => void;
}

export class JobQueue<P> {
  readonly #waiters: Waiter<P>[] = [];

  /** Callers that wait now. */
  get size(): number {
    return this.#waiters.length;
  }

  /** Waits for a place. @throws `signal.reason` when the caller gave up, and whatever refuseAll() was given */
  wait({ signal }: Waiting): Promise<P> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<P>();
    const waiter: Waiter<P> = { serve: resolve, refuse: reject };
    this.#waiters.push(waiter);
    signal?.addEventListener("abort", () => this.#giveUp(waiter, signal.reason), { once: true });
    return promise;
  }

  #giveUp(waiter: Waiter<P>, reason: unknown): void {
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    waiter.refuse(reason);
  }

  /** Gives a place to the next caller. @returns false where nobody waits: the place is still yours */
  serve(place: P): boolean {
    const next = this.#waiters.shift();
    next?.serve(place);
    return next !== undefined;
  }

  /** Refuses everybody who waits. */
  refuseAll(error: unknown): void {
    for (const { refuse } of this.#waiters.splice(0)) refuse(error);
  }
}
