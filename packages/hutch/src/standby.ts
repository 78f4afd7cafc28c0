// Jobs that are cloned, confined and warmed before anybody asks for them, and wait on their socket for one request.
// One per worker: it is taken by the next call, and the next one is made in its place.
import type { Limits } from "@hutch/core";
import { type JobInWorker, type LaunchedInWorker, launchInWorker } from "./launch-in-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A job that runs this long will not notice that the next one is made beside it; a shorter one would take half as long again. */
const DELAY_MS = 15;

export class Standbys {
  readonly #job: JobInWorker;
  readonly #waiting: Map<WorkerProcess, LaunchedInWorker> = new Map();
  #closed = false;

  /** @param job everything but the request */
  constructor(job: JobInWorker) {
    this.#job = job;
  }

  /** Launches one in this worker, if none waits there. */
  prepare(worker: WorkerProcess): void {
    if (this.#closed) return;
    for (const [known, launched] of this.#waiting) if (!known.alive || launched.ended()) this.#discard(known);
    if (!worker.alive || this.#waiting.has(worker)) return;
    this.#waiting.set(worker, launchInWorker(worker, this.#job));
  }

  /**
   * Launches one while a job runs, or after it when it is short.
   * @returns to be called when the job is over
   */
  prepareBeside(worker: WorkerProcess): () => void {
    const timer = setTimeout(() => this.prepare(worker), DELAY_MS);
    return () => {
      clearTimeout(timer);
      // ORDER: in a turn of its own, after the caller has the result.
      setTimeout(() => this.prepare(worker), 0);
    };
  }

  /** The one that waits in this worker, if it has exactly these limits: a job never gets another's. */
  take(worker: WorkerProcess, limits: Limits): LaunchedInWorker | null {
    const launched = this.#waiting.get(worker);
    if (launched === undefined || launched.ended() || !sameLimits(limits, this.#job.limits)) return null;
    this.#waiting.delete(worker);
    return launched;
  }

  /** Ends all that wait. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#waiting.keys()) this.#discard(worker);
  }

  #discard(worker: WorkerProcess): void {
    void this.#waiting.get(worker)?.release();
    this.#waiting.delete(worker);
  }
}

function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(a) as (keyof Limits)[]).every((name) => a[name] === b[name]);
}
