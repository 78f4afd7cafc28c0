// Work that several callers want at once is done once. Each caller can give up alone; the work ends when all of them have.

interface Running<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  callers: number;
}

export class JoinedWork<T> {
  readonly #running: Map<string, Running<T>> = new Map();
  readonly #ownOnly: (error: unknown) => boolean;
  /** How often a caller joined work that another one had begun. */
  joined = 0;

  /** @param ownOnly whether an error is of the caller that began the work, so that those who joined do it themselves */
  constructor(ownOnly: (error: unknown) => boolean) {
    this.#ownOnly = ownOnly;
  }

  /**
   * @param work is given a signal that aborts when nobody waits any more
   * @throws what the work throws; `signal.reason` when this caller gave up
   */
  async join(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      const known = this.#running.get(key);
      if (known === undefined) return await this.#wait(key, this.#begin(key, work), signal);
      this.joined += 1;
      try {
        return await this.#wait(key, known, signal);
      } catch (error) {
        if (signal?.aborted === true || !this.#ownOnly(error)) throw error;
      }
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const running: Running<T> = { result: work(abort.signal), abort, callers: 0 };
    this.#running.set(key, running);
    const forget = (): void => this.#forget(key, running);
    running.result.then(forget, forget);
    return running;
  }

  async #wait(key: string, running: Running<T>, signal: AbortSignal | undefined): Promise<T> {
    running.callers += 1;
    const gaveUp = Promise.withResolvers<never>();
    const onAbort = (): void => gaveUp.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([running.result, gaveUp.promise]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      running.callers -= 1;
      if (running.callers === 0) {
        // ORDER: forgotten first, so that nobody joins what is being ended.
        this.#forget(key, running);
        running.abort.abort(new DOMException("Nobody waits for it any more", "AbortError"));
      }
    }
  }

  #forget(key: string, running: Running<T>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
