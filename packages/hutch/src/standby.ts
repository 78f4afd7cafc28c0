// Jobs that are cloned, confined and warmed before anybody asks for them, and wait on their socket for one request.
// One of a kind per worker: it is taken by the next call, and the next one is made in its place.
import type { Limits } from "@hutch/core";
import { type JobInWorker, type LaunchedInWorker, launchInWorker } from "./launch-in-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A job that runs this long will not notice that the next one is made beside it; a shorter one would take half as long again. */
const DELAY_MS = 15;
/** How often a standby that evaluated a module is asked for its CPU time. */
const WATCH_MS = 250;

interface Waiting {
  readonly launched: LaunchedInWorker;
  /** It evaluates untrusted code, and so is a job like any other: nothing else may run in its worker. */
  loads: boolean;
}

export class Standbys {
  readonly #job: JobInWorker;
  readonly #module: string | null;
  readonly #waiting: Map<WorkerProcess, Waiting> = new Map();
  /** Discarded ones that may not be gone yet. */
  readonly #ending: Map<WorkerProcess, Promise<void>> = new Map();
  #watch: ReturnType<typeof setInterval> | null = null;
  /** Whether this pool has any use for them. */
  #wanted: boolean;
  #closed = false;

  /**
   * @param job everything but the request
   * @param module evaluated by each standby while it waits, in its sandbox and under the limits of its cgroup; null for none
   * @param wanted from the start; otherwise from the first use on
   */
  constructor(job: JobInWorker, module: string | null, wanted: boolean) {
    this.#wanted = wanted;
    this.#job = job;
    this.#module = module;
  }

  /** Launches one in this worker, if none waits there. @param idle no job runs in the worker, and so the module may */
  prepare(worker: WorkerProcess, idle: boolean): void {
    if (this.#closed || !this.#wanted) return;
    for (const [known, { launched }] of this.#waiting) if (!known.alive || launched.ended()) void this.discard(known);
    if (!worker.alive) return;
    let waiting = this.#waiting.get(worker);
    if (waiting === undefined) {
      waiting = { launched: launchInWorker(worker, this.#job), loads: false };
      this.#waiting.set(worker, waiting);
    }
    if (idle && !waiting.loads) this.#load(waiting);
  }

  /** Without a cgroup nobody would hold it to its limits while it waits. */
  #load(waiting: Waiting): void {
    if (this.#module === null || waiting.launched.cpuMs() === null) return;
    waiting.launched.load(this.#module);
    waiting.loads = true;
    this.#watch ??= setInterval(() => this.#endGreedy(), WATCH_MS);
    this.#watch.unref();
  }

  /** One that used up its CPU time before it was asked is no use to anybody. */
  #endGreedy(): void {
    for (const [worker, { launched, loads }] of this.#waiting)
      if (loads && !launched.ended() && (launched.cpuMs() ?? 0) > this.#job.limits.cpuMs) void this.discard(worker);
  }

  /**
   * Launches one while a job runs, or after it when it is short.
   * @returns to be called when the job is over
   */
  prepareBeside(worker: WorkerProcess): () => void {
    this.#wanted = true;
    const timer = setTimeout(() => this.prepare(worker, false), DELAY_MS);
    return () => {
      clearTimeout(timer);
      // ORDER: in a turn of its own, after the caller has the result.
      setTimeout(() => this.prepare(worker, false), 0);
    };
  }

  /** The one that waits in this worker, if it has exactly these limits: a job never gets another's. */
  take(worker: WorkerProcess, limits: Limits): LaunchedInWorker | null {
    const waiting = this.#waiting.get(worker);
    if (waiting === undefined || waiting.launched.ended() || !sameLimits(limits, this.#job.limits)) return null;
    this.#waiting.delete(worker);
    return waiting.launched;
  }

  /** Before another job runs in this worker: a standby that evaluates untrusted code would be in one network with it. */
  async clear(worker: WorkerProcess): Promise<void> {
    if (this.#waiting.get(worker)?.loads === true) void this.discard(worker);
    await this.#ending.get(worker);
  }

  /** Ends all that wait. */
  close(): void {
    this.#closed = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    for (const worker of this.#waiting.keys()) void this.discard(worker);
  }

  /** @returns when nothing of it is left */
  async discard(worker: WorkerProcess): Promise<void> {
    const waiting = this.#waiting.get(worker);
    this.#waiting.delete(worker);
    if (waiting === undefined) return;
    const ending = Promise.all([this.#ending.get(worker), waiting.launched.release()]).then(() => {
      if (this.#ending.get(worker) === ending) this.#ending.delete(worker);
    });
    this.#ending.set(worker, ending);
    await ending;
  }
}

function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(a) as (keyof Limits)[]).every((name) => a[name] === b[name]);
}
