// When a job in a worker is over, and whether anybody saw how it ended.
import type { JobCgroup } from "@hutch/linux-clone";
import type { JobProcess } from "./job-process.ts";
import { NOT_WAITED } from "./job-process.ts";
import type { Reaped } from "./meter.ts";
import type { StatusOfInit, ToldEnd } from "./supervise.ts";

const SIGKILL = 9;
/** Memory whose freeing takes the kernel half a millisecond here. */
const FREED_BYTES = 8 * 2 ** 20;

export interface JobToEnd {
  readonly process: JobProcess;
  readonly cgroup: JobCgroup | null;
  /** Process 1 is our init. */
  readonly init: boolean;
  /** Processes of ours in the job. */
  readonly holders: number;
  /** What the job had before its request: memory of its worker, and what it loaded. */
  readonly loadedBytes: number;
}

export class JobEnding {
  readonly #job: JobToEnd;
  #early = false;

  constructor(job: JobToEnd) {
    this.#job = job;
  }

  /** The job is over, though its init may still be there. */
  get early(): boolean {
    return this.#early;
  }

  /**
   * Init tells how the first process ended when it has, and closes the status socket when it has ended and waited for everything
   * else; the cgroup has the figures. The worker's word that init is gone comes later and adds nothing.
   */
  async wait(status: StatusOfInit): Promise<Reaped> {
    const { process, cgroup, init } = this.#job;
    if (init) status.closed.then(() => process.expectEnd());
    const toldByInit = cgroup !== null && init;
    const reaped = await (toldByInit ? Promise.race([process.ended, this.#seeEnd(status)]) : process.ended);
    if (!init && (!process.orphaned || reaped.waitStatus !== null)) return reaped;
    // It has been told, or the socket is closed; this process may be slow to hear of it.
    const told = await toldEnd(status);
    if (!process.orphaned) return reaped;
    // The kernel ends everything that the worker made, and a job's init may live to see its child end by that.
    return { ...reaped, unseen: told === null || told.waitStatus === SIGKILL };
  }

  async #seeEnd(status: StatusOfInit): Promise<Reaped> {
    const { process } = this.#job;
    const [told] = await Promise.all([toldEnd(status), process.made]);
    // What ended by SIGKILL may have ended with its worker, of whose end we hear later; a killed init waited for nobody.
    const bySigkill = told?.waitStatus === SIGKILL;
    if (!process.killed && !bySigkill && !this.#overWithFirst(told)) await status.closed;
    if (process.killed || bySigkill) return await process.ended;
    this.#early = true;
    return NOT_WAITED;
  }

  /**
   * Whether the job is over when its first process is: nothing of it runs, and it used no memory whose freeing would count.
   * The memory that a copy got from its worker is not the job's, and neither is the time that freeing it takes.
   */
  #overWithFirst(told: ToldEnd | null): boolean {
    const { cgroup, loadedBytes } = this.#job;
    const holders = told === null || told.holderGone ? 0 : this.#job.holders;
    const left = cgroup?.processesNow() ?? null;
    return cgroup !== null && left !== null && left <= holders && cgroup.memoryNowBytes() - loadedBytes < FREED_BYTES;
  }
}

/** null when init is gone without a word. */
async function toldEnd({ told, closed }: StatusOfInit): Promise<ToldEnd | null> {
  return await Promise.race([told, closed.then(() => null)]);
}
