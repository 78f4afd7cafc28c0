// The processes of one job in a worker, as the host holds them: by a pidfd, a cgroup, and for what has no init its group.
// Whatever happens to the worker, the job ends once.
import type { JobCgroup } from "@hutch/linux-clone";
import { type LaunchMoments, type OwnedFd, type Pid, pidOfPidfd, tryCall } from "@hutch/syscall";
import { cgroupMeter, type Meter, type Reaped, treeMeter } from "./meter.ts";
import { endOfOrphan } from "./orphan.ts";
import type { JobListener } from "./worker-jobs.ts";
import type { WorkerProcess } from "./worker-process.ts";

const SIGKILL = 9;
/** Of pidfd_send_signal. SINCE: Linux 6.9. */
const PROCESS_GROUP = 4;
const EINVAL = 22;

/** Nobody waited, or nothing was made: there is nothing to add to what the cgroup says. */
export const NOT_WAITED: Reaped = { waitStatus: null, cpuUserMicros: 0, cpuSystemMicros: 0 };

export class JobProcess implements JobListener, Disposable {
  readonly #worker: WorkerProcess;
  readonly #cgroup: JobCgroup | null;
  readonly #made: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #ended: PromiseWithResolvers<Reaped> = Promise.withResolvers();
  #jobId = 0;
  #pidfd: OwnedFd | null = null;
  #pid: Pid | null = null;
  #meter: Meter | null;
  #setupMs = 0;
  #moments: LaunchMoments | null = null;
  #failure: string | null = null;
  #killed = false;
  #over = false;
  #orphaned = false;
  /** Somebody wants to know how it ended. */
  asked = false;

  constructor(worker: WorkerProcess, cgroup: JobCgroup | null) {
    this.#worker = worker;
    this.#cgroup = cgroup;
    this.#meter = cgroup === null ? null : cgroupMeter(cgroup);
  }

  launch(job: Parameters<WorkerProcess["launch"]>[0], ends: Parameters<WorkerProcess["launch"]>[1]): void {
    this.#jobId = this.#worker.launch(job, ends, this);
  }

  /** Settles when the worker has made it; not where it can not. */
  get made(): Promise<void> {
    return this.#made.promise;
  }

  /** Settles when its first process is gone, or there never was one. */
  get ended(): Promise<Reaped> {
    return this.#ended.promise;
  }

  get isMade(): boolean {
    return this.#pidfd !== null;
  }

  /** Of its first process, as this process sees it; null before it is made and where that is not known. */
  get pid(): Pid | null {
    return this.#pid;
  }

  get over(): boolean {
    return this.#over;
  }

  /** By us; perhaps before there was anything to kill. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Its worker was gone first. */
  get orphaned(): boolean {
    return this.#orphaned;
  }

  /** What failed on our side, of its launch or right after it. */
  get failure(): string | null {
    return this.#failure;
  }

  get setupMs(): number {
    return this.#setupMs;
  }

  /** Of its launch; null before the worker told of it. */
  get moments(): LaunchMoments | null {
    return this.#moments;
  }

  get meter(): Meter | null {
    return this.#meter;
  }

  started(pidfd: OwnedFd, setupMs: number, moments: LaunchMoments): void {
    this.#pidfd = pidfd;
    this.#setupMs = setupMs;
    this.#moments = moments;
    try {
      this.#pid = pidOfPidfd(pidfd.fd);
      this.#meter ??= treeMeter(this.#pid);
    } catch (error) {
      // For want of descriptors: nobody could hold it to its limits. The worker has done nothing wrong and goes on.
      this.#failure = `the job could not be watched: ${error instanceof Error ? error.message : String(error)}`;
      this.#killed = true;
    }
    this.#made.resolve();
    // The limit was reached, or the caller gave up, before we knew whom to end.
    if (this.#killed) this.kill();
  }

  refused(message: string): void {
    this.#failure = message;
    this.#finish(NOT_WAITED);
  }

  exited(reaped: Reaped): void {
    this.#killGroup();
    this.#finish(reaped);
  }

  abandoned(workerEnded: Promise<unknown>): void {
    this.#orphaned = true;
    this.kill();
    this.#endWithoutWorker(workerEnded).then(
      (reaped) => this.#finish(reaped),
      () => this.#finish(NOT_WAITED),
    );
  }

  /** Ends it for what failed on our side. */
  fail(why: string): void {
    this.#failure = why;
    this.kill();
  }

  kill(): void {
    this.#killed = true;
    if (this.#over) return;
    if (this.#pidfd === null) this.#worker.kill(this.#jobId);
    else tryCall("pidfd_send_signal", this.#pidfd.fd, SIGKILL);
    this.#killGroup();
    this.#cgroup?.kill();
    this.expectEnd();
  }

  /** Its init is gone: the worker is expected to say so soon. */
  expectEnd(): void {
    this.#worker.expectEnd(this.#jobId);
  }

  /** Without an init of ours the job is its process group. */
  #killGroup(): void {
    if (this.#worker.machine.init !== null || this.#over || this.#pidfd === null) return;
    const { fd } = this.#pidfd;
    if (tryCall("pidfd_send_signal", fd, SIGKILL, null, PROCESS_GROUP) !== -EINVAL || this.#pid === null) return;
    // ORDER: only while its leader is not reaped, which keeps the id ours; nobody knows that of an orphan.
    if (!this.#orphaned && tryCall("pidfd_send_signal", fd, 0) === 0) tryCall("kill", -this.#pid, SIGKILL);
  }

  /** Where init is ours its own end tells nothing of the job's. */
  async #endWithoutWorker(workerEnded: Promise<unknown>): Promise<Reaped> {
    if (this.#worker.machine.init !== null) await workerEnded;
    else if (this.#pidfd !== null && this.asked)
      return { ...NOT_WAITED, waitStatus: await endOfOrphan(this.#pidfd.fd) };
    return NOT_WAITED;
  }

  #finish(reaped: Reaped): void {
    this.#over = true;
    this.#ended.resolve(reaped);
  }

  /** After it ended. */
  [Symbol.dispose](): void {
    this.#pidfd?.close();
  }
}
