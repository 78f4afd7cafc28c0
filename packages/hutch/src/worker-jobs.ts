// The jobs of one worker as the host knows them: each is held to the phases of the protocol, and has one listener who hears of
// its end exactly once.
import { type DescriptorSlot, JobLedger, type Launch, ProtocolError } from "@hutch/core";
import type { Fd, LaunchMoments, OwnedFd } from "@hutch/syscall";
import type { Conversation, WorkerSays } from "./conversation.ts";
import type { Reaped } from "./meter.ts";
import { momentsHere } from "./moments.ts";
import { Silence } from "./silence.ts";
import { askStatus } from "./worker-status.ts";

/** What a job's launcher hears: `started` at most once, then one of the others, once. */
export interface JobListener {
  started(pidfd: OwnedFd, setupMs: number, moments: LaunchMoments): void;
  /** The clone failed: there is no job. */
  refused(message: string): void;
  exited(reaped: Reaped): void;
  /** Ends its processes, as far as they are known. */
  kill(): void;
  /**
   * The worker is gone, and nobody else will tell of this job.
   * @param ended when everything in the worker's namespaces has ended
   */
  abandoned(ended: Promise<unknown>): void;
}

interface ListedJob {
  readonly listener: JobListener;
  /** Its processes are gone, or were killed: the worker owes word of that. */
  endOwed: boolean;
  /** It was killed because its worker ends: its end is told as that of any other job of a worker that is gone. */
  endsWithWorker: boolean;
}

export class WorkerJobs {
  readonly #conversation: Conversation;
  readonly #onBroken: (why: string) => void;
  readonly #listed: JobLedger<ListedJob> = new JobLedger();
  readonly #silence: Silence;
  #nextId = 1;
  #retired = false;

  /** @param onBroken the worker fell silent, or answered what it was not asked */
  constructor(conversation: Conversation, onBroken: (why: string) => void) {
    this.#conversation = conversation;
    this.#onBroken = onBroken;
    this.#silence = new Silence({
      owes: () => this.#owing() !== null,
      ask: () => this.#ask(),
      silent: onBroken,
    });
  }

  /** A worker that is gone, or was retired, abandons the job at once. @returns the job's number */
  launch(
    job: Omit<Launch, "kind" | "jobId" | "descriptors">,
    ends: readonly (readonly [DescriptorSlot, Fd])[],
    listener: JobListener,
  ): number {
    const jobId = this.#nextId++;
    const launch = { kind: "launch", jobId, ...job, descriptors: ends.map(([slot]) => slot) } as const;
    const asked =
      !this.#retired &&
      this.#conversation.tell(
        launch,
        ends.map(([, fd]) => fd),
      );
    this.#listed.open(jobId, { listener, endOwed: false, endsWithWorker: false });
    if (asked) this.#silence.watch();
    else queueMicrotask(() => this.#listed.follow(jobId, "launch-failed")?.listener.abandoned(Promise.resolve()));
    return jobId;
  }

  /** Ends a job whose pidfd has not come yet. Harmless when it is gone. */
  kill(jobId: number): void {
    if (this.#listed.follow(jobId, "kill") !== null) this.#conversation.tell({ kind: "kill", jobId });
  }

  /** Ends every job. Once they are reaped the worker ends by itself, and leaves nothing for others to reap. */
  retire(): void {
    this.#retired = true;
    for (const [jobId, job] of [...this.#listed.in("asked", "running")]) {
      job.endsWithWorker = true;
      this.kill(jobId);
    }
    this.#conversation.tell({ kind: "retire" });
  }

  /** For a process that exits: with namespaces jobs end with their worker, without they would outlive it for a moment. */
  killAll(): void {
    for (const [, { listener }] of this.#listed.in("asked", "running")) listener.kill();
  }

  /** The job was seen to end, or was killed: the worker is expected to say so soon. */
  expectEnd(jobId: number): void {
    const job = this.#listed.get(jobId);
    if (job === null) return;
    job.endOwed = true;
    this.#silence.watch();
  }

  /** @throws ProtocolError for what is out of order */
  hear({ message, pidfd }: WorkerSays): void {
    this.#silence.heard();
    switch (message.kind) {
      case "started": {
        const job = this.#listed.follow(message.jobId, "started");
        if (job !== null && pidfd !== null)
          job.listener.started(pidfd, message.setupMicros / 1000, momentsHere(message));
        return;
      }
      case "launch-failed":
        this.#listed.follow(message.jobId, "launch-failed")?.listener.refused(message.message);
        return;
      case "exited": {
        const job = this.#listed.follow(message.jobId, "exited");
        // ORDER: the record goes first, then the worker may reap, and the id be used again.
        this.#listed.follow(message.jobId, "reap");
        if (job?.endsWithWorker === true) job.listener.abandoned(Promise.resolve());
        else job?.listener.exited(message);
        this.#conversation.tell({ kind: "reap", jobId: message.jobId });
        return;
      }
      default:
        throw new ProtocolError(`Cannot follow the worker: it said "${message.kind}" out of order`);
    }
  }

  /** @param ended as JobListener.abandoned() */
  abandon(ended: Promise<unknown>): void {
    this.#silence.stop();
    for (const [, { listener }] of this.#listed.abandon()) listener.abandoned(ended);
  }

  /** A job that the worker owes word of: of its start, or of its end. */
  #owing(): number | null {
    for (const [jobId] of this.#listed.in("asked")) return jobId;
    for (const [jobId, { endOwed }] of this.#listed.in("running")) if (endOwed) return jobId;
    return null;
  }

  /** Where the job is does not matter: a worker that answers is alive, and has told of it before it answered. */
  #ask(): void {
    const jobId = this.#owing();
    if (jobId === null) return;
    askStatus((message, reply) => this.#conversation.tell(message, [reply]), jobId).then(
      (reply) => {
        if (reply === null) return;
        if (this.#conversation.heard(reply.sent)) this.#silence.heard();
        else this.#onBroken("a packet of it was lost");
      },
      (error: Error) => this.#onBroken(error.message),
    );
  }
}
