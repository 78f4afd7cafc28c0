// Jobs that are cloned, confined and warmed before anybody asks for them, and wait on their socket for one request.
// So many of a kind per worker: one is taken by the next call, and another one is made in its place.
import { HostError, type Limits } from "@hutch/core";
import { isSyscallError } from "@hutch/syscall";
import { type JobInWorker, type LaunchedInWorker, launchInWorker } from "./launch-in-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** A job that runs this long will not notice that the next one is made beside it; a shorter one would take half as long again. */
const DELAY_MS = 15;
/** How often standbys that evaluated a module are asked for their CPU time. */
const WATCH_MS = 250;

export interface StandbyOptions {
  /** Evaluated by each standby while it waits, in its sandbox and under the limits of its cgroup; null for none. */
  readonly module: string | null;
  /** Of a bundle, as Job's. */
  readonly checksum: string | null;
  /** From the start; otherwise from the first use on. */
  readonly wanted: boolean;
  readonly perWorker: number;
  /** Jobs are in their worker's network, so one at a time runs code that nobody trusts. Otherwise each has its own. */
  readonly alone: boolean;
}

interface Waiting {
  readonly launched: LaunchedInWorker;
  /** It evaluates untrusted code, and so is a job like any other. */
  loads: boolean;
}

/** Those of one worker, the oldest first. */
interface Place {
  readonly waiting: Waiting[];
  /** Discarded ones that may not be gone yet. */
  ending: Promise<unknown>;
  filling: boolean;
}

export class Standbys {
  readonly #job: JobInWorker;
  readonly #options: StandbyOptions;
  readonly #places: Map<WorkerProcess, Place> = new Map();
  readonly #ending: Set<Promise<void>> = new Set();
  #watch: ReturnType<typeof setInterval> | null = null;
  /** Memory is short: none is made. */
  #held = false;
  /** Whether this pool has any use for them. */
  #wanted: boolean;
  #closed = false;

  /** @param job everything but the request */
  constructor(job: JobInWorker, options: StandbyOptions) {
    this.#job = job;
    this.#options = options;
    this.#wanted = options.wanted;
  }

  /** Has as many as wanted wait in this worker. @param idle no job runs in the worker */
  prepare(worker: WorkerProcess, idle: boolean): void {
    if (this.#closed || !this.#wanted) return;
    this.#clearAway();
    if (!worker.alive || this.#held) return;
    let place = this.#places.get(worker);
    if (place === undefined) {
      place = { waiting: [], ending: Promise.resolve(), filling: false };
      this.#places.set(worker, place);
    }
    if (place.waiting.length === 0) this.#add(worker, place);
    this.#load(place, idle);
    if (!place.filling && place.waiting.length < this.#options.perWorker) void this.#fill(worker, place);
  }

  /** @returns null where there are no descriptors or cgroups for it: a call then has its own job made, and hears why not */
  #add(worker: WorkerProcess, place: Place): LaunchedInWorker | null {
    try {
      const launched = launchInWorker(worker, this.#job);
      place.waiting.push({ launched, loads: false });
      return launched;
    } catch (error) {
      if (isSyscallError(error) || error instanceof HostError) return null;
      throw error;
    }
  }

  /** One after the other, so that a call's own job waits for one of them at most. */
  async #fill(worker: WorkerProcess, place: Place): Promise<void> {
    place.filling = true;
    try {
      while (!this.#closed && !this.#held && worker.alive && place.waiting.length < this.#options.perWorker) {
        const added = this.#add(worker, place);
        if (added === null) return;
        await added.made;
        this.#load(place, false);
      }
    } finally {
      place.filling = false;
    }
  }

  /** Without a cgroup nobody would hold it to its limits while it waits. */
  #load({ waiting }: Place, idle: boolean): void {
    const { module, checksum, alone } = this.#options;
    if (module === null || (alone && !idle)) return;
    const loadable = alone ? waiting.slice(0, 1) : waiting;
    for (const standby of loadable) {
      if (standby.loads || standby.launched.cpuMs() === null) continue;
      standby.launched.load(module, checksum);
      standby.loads = true;
      this.#watch ??= setInterval(() => this.#endGreedy(), WATCH_MS);
      this.#watch.unref();
    }
  }

  /** One that used up its CPU time before it was asked is no use to anybody. */
  #endGreedy(): void {
    const { cpuMs } = this.#job.limits;
    for (const [worker, place] of this.#places)
      for (const { launched, loads } of [...place.waiting])
        if (loads && !launched.ended() && (launched.cpuMs() ?? 0) > cpuMs) this.#discard(worker, launched);
  }

  #clearAway(): void {
    for (const [worker, place] of this.#places) {
      for (const { launched } of [...place.waiting])
        if (!worker.alive || launched.ended()) this.#discard(worker, launched);
      if (!worker.alive) this.#places.delete(worker);
    }
  }

  /**
   * Launches what is missing while a job runs, or after it when it is short.
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

  /** The oldest that waits in this worker, if it has exactly these limits: a job never gets another's. */
  take(worker: WorkerProcess, limits: Limits): LaunchedInWorker | null {
    const place = this.#places.get(worker);
    if (place === undefined || !sameLimits(limits, this.#job.limits)) return null;
    const at = place.waiting.findIndex(({ launched }) => !launched.ended());
    return at < 0 ? null : (place.waiting.splice(at, 1)[0]?.launched ?? null);
  }

  /** Before another job runs in this worker: a standby that evaluates untrusted code could be in one network with it. */
  async clear(worker: WorkerProcess): Promise<void> {
    const place = this.#places.get(worker);
    if (place === undefined || !this.#options.alone) return;
    for (const { launched, loads } of [...place.waiting]) if (loads) this.#discard(worker, launched);
    await place.ending;
  }

  /** Those that wait for a request now. */
  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.#places.values())
      count += waiting.filter(({ launched }) => !launched.ended()).length;
    return count;
  }

  /** Lets go all that wait, and makes none until resume(). @returns how many there were */
  hold(): number {
    this.#held = true;
    const { waiting } = this;
    this.#discardAll();
    return waiting;
  }

  /** The next prepare() makes some again. */
  resume(): void {
    this.#held = false;
  }

  #discardAll(): void {
    for (const [worker, { waiting }] of this.#places)
      for (const { launched } of [...waiting]) this.#discard(worker, launched);
  }

  /** Ends all that wait. @returns when nothing of them is left */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#discardAll();
    await Promise.all(this.#ending);
  }

  #discard(worker: WorkerProcess, launched: LaunchedInWorker): void {
    const place = this.#places.get(worker);
    if (place === undefined) return;
    const at = place.waiting.findIndex((waiting) => waiting.launched === launched);
    if (at >= 0) place.waiting.splice(at, 1);
    const ending = launched.release();
    place.ending = Promise.all([place.ending, ending]);
    this.#ending.add(ending);
    ending.finally(() => this.#ending.delete(ending));
  }
}

function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(a) as (keyof Limits)[]).every((name) => a[name] === b[name]);
}
