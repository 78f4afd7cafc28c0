// Old garbage of a worker. The engine looks for it by a timer of the event loop, and that of a worker never runs again: without
// this its memory grows with its jobs, by some 10 MiB in 20,000, until so much is allocated that the engine has to.
// RULE: one collection in many launches, and never more than a thousandth of the time: one takes as long as the heap is large.

const LAUNCHES = 2_000;
const TIMES_ITS_OWN = 1_000;

export interface Collector {
  /** Milliseconds. */
  now(): number;
  /** All of it, now. */
  collect(): void;
}

const ENGINE: Collector = { now: () => performance.now(), collect: () => Bun.gc(true) };

export class OldGarbage {
  readonly #collector: Collector;
  #launches = 0;
  #notBeforeMs = 0;

  constructor(collector: Collector = ENGINE) {
    this.#collector = collector;
  }

  launched(): void {
    this.#launches += 1;
  }

  /** Whether it is time; the caller sees to it that nobody waits. */
  get due(): boolean {
    return this.#launches >= LAUNCHES && this.#collector.now() >= this.#notBeforeMs;
  }

  collect(): void {
    const beganMs = this.#collector.now();
    this.#collector.collect();
    const endedMs = this.#collector.now();
    this.#launches = 0;
    this.#notBeforeMs = endedMs + TIMES_ITS_OWN * (endedMs - beganMs);
  }
}
