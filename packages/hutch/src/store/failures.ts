// Failed preparations: whose fault it was decides whether another try is worth it. In memory only, and bounded.
import { isHutchError, JobError } from "@hutch/core";

export interface Patience {
  /** From the first failure until the next try; twice as long after each further one. */
  readonly coolDownMs: number;
  readonly tries: number;
}

interface Failure {
  readonly error: unknown;
  readonly tries: number;
  readonly againMs: number;
}

/** Of the caller or its pool, and so of no meaning for the next one. */
const OF_THE_CALLER = ["POOL_CLOSED", "QUEUE_FULL", "DEADLINE_PASSED"];
const MOST = 1000;

export class Failures {
  readonly #known: Map<string, Failure> = new Map();
  readonly #patience: Patience;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** @throws the last error of what is not to be tried now */
  refuse(key: string, nowMs: number): void {
    const known = this.#known.get(key);
    if (known !== undefined && nowMs < known.againMs) throw known.error;
  }

  note(key: string, error: unknown, nowMs: number): void {
    if (!isHutchError(error) || isOfCaller(error)) return;
    const tries = (this.#known.get(key)?.tries ?? 0) + 1;
    const coolDownMs = this.#patience.coolDownMs * 2 ** (tries - 1);
    const never = isFinal(error) || tries >= this.#patience.tries;
    this.#known.delete(key);
    this.#known.set(key, {
      error,
      tries,
      againMs: never ? Number.POSITIVE_INFINITY : nowMs + coolDownMs,
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

export function isOfCaller(error: unknown): boolean {
  return isHutchError(error) && OF_THE_CALLER.includes(error.code);
}

/** The same bytes under the same limits and policy would fail again. */
function isFinal(error: unknown): boolean {
  return error instanceof JobError && error.verdict.blame === "job";
}
