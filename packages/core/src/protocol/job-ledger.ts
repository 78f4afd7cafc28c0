// One side's record of its jobs, each held to the phases of job-phases.ts. A number is used once.
import { type JobEvent, type JobPhase, nextPhase } from "./job-phases.ts";
import { ProtocolError } from "./protocol-error.ts";

interface Entry<J> {
  readonly job: J;
  phase: JobPhase;
}

export class JobLedger<J> {
  readonly #entries: Map<number, Entry<J>> = new Map();
  #last = 0;

  /** Jobs that are not gone. */
  get size(): number {
    return this.#entries.size;
  }

  /** Records a launch. @throws ProtocolError for a number that was used before */
  open(jobId: number, job: J): void {
    if (jobId <= this.#last)
      throw new ProtocolError(`Cannot launch job ${jobId}: numbers go up, and ${this.#last} was used before`);
    this.#last = jobId;
    this.#entries.set(jobId, { job, phase: "asked" });
  }

  /** @throws ProtocolError for a job that was never launched */
  phaseOf(jobId: number): JobPhase {
    const entry = this.#entries.get(jobId);
    if (entry !== undefined) return entry.phase;
    if (jobId < 1 || jobId > this.#last) throw new ProtocolError(`Cannot follow: there never was a job ${jobId}`);
    return "gone";
  }

  /**
   * Takes the job through what happened to it.
   * @returns the job; null when it was gone before
   * @throws ProtocolError when that is out of order; the record is then as it was
   */
  follow(jobId: number, event: JobEvent): J | null {
    const next = nextPhase(this.phaseOf(jobId), event, jobId);
    const entry = this.#entries.get(jobId);
    if (entry === undefined) return null;
    entry.phase = next;
    if (next === "gone") this.#entries.delete(jobId);
    return entry.job;
  }

  /** null when it is gone. */
  get(jobId: number): J | null {
    return this.#entries.get(jobId)?.job ?? null;
  }

  /** Jobs in one of these phases. */
  *in(...phases: readonly JobPhase[]): Generator<readonly [jobId: number, job: J]> {
    for (const [jobId, { job, phase }] of this.#entries) if (phases.includes(phase)) yield [jobId, job];
  }

  /** Forgets every job and gives them, once: nobody will hear of them any more. */
  abandon(): readonly (readonly [jobId: number, job: J])[] {
    const left = [...this.#entries].map(([jobId, { job }]) => [jobId, job] as const);
    this.#entries.clear();
    return left;
  }
}
