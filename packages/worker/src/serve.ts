// The serve loop: launches, exits and reaps of any number of jobs, one message at a time, by poll(2). In a warm job it returns
// as the job. Nothing in here waits for a job: what a job does shows only as its pidfd becoming readable.
import { type HostMessage, JobLedger, type Launch, ProtocolError } from "@hutch/core";
import { closeAll, DamagedPacketError } from "@hutch/fdpass";
import {
  errnoText,
  type InJob,
  type Launched,
  monotonicOf,
  type OwnedFd,
  type Pid,
  POLL,
  poll,
  tryCall,
  W,
  wait4,
  waitid,
} from "@hutch/syscall";
import type { Heard, HostChannel } from "./host-channel.ts";
import { endsBySlot } from "./job-ends.ts";
import type { JobLauncher } from "./job-launcher.ts";
import { OldGarbage } from "./warm/old-garbage.ts";
import { type Surroundings, surroundingsOf } from "./warm/surroundings.ts";

const SIGKILL = 9;

/** A job from its launch until the host asks to reap it. */
interface Job {
  readonly jobId: number;
  /** null until it was cloned. */
  process: { readonly pid: Pid; readonly pidfd: OwnedFd } | null;
}

export type Served =
  | { readonly kind: "done" }
  /** The host said what cannot be meant. It is not listened to again, and was told why. */
  | { readonly kind: "broken" }
  | { readonly kind: "in-job"; readonly surroundings: Surroundings; readonly walkedMs: number };

/** Serves until the host closes the channel, or until its last job was reaped after it was retired. Whatever is left is ended. */
export function serve(channel: HostChannel, launcher: JobLauncher): Served {
  const server = new Server(channel, launcher);
  try {
    return server.run();
  } catch (error) {
    server.endAll();
    if (!(error instanceof ProtocolError || error instanceof DamagedPacketError)) throw error;
    channel.send({ kind: "log", level: "error", text: error.message });
    return { kind: "broken" };
  }
}

class Server {
  readonly #channel: HostChannel;
  readonly #launcher: JobLauncher;
  readonly #jobs: JobLedger<Job> = new JobLedger();
  readonly #garbage: OldGarbage = new OldGarbage();
  #retiring = false;

  constructor(channel: HostChannel, launcher: JobLauncher) {
    this.#channel = channel;
    this.#launcher = launcher;
  }

  run(): Served {
    while (!(this.#retiring && this.#jobs.size === 0)) {
      if (!this.#wait()) continue;
      const heard = this.#channel.receive();
      if (heard === null) continue;
      if (heard === "closed") break;
      const { message, descriptors } = heard;
      if (message.kind === "launch") {
        const surroundings = surroundingsOf(message);
        const launched = this.#launch({ message, descriptors });
        if (launched !== "launched") return { kind: "in-job", surroundings, walkedMs: launched.walkedMs };
      } else this.#obey(message, descriptors);
    }
    this.endAll();
    return { kind: "done" };
  }

  endAll(): void {
    for (const [, job] of this.#jobs.abandon()) end(job);
  }

  /** After a job, and not while a message waits: a launch comes first. */
  #tidy(): void {
    if (this.#garbage.due && poll([{ fd: this.#channel.fd, events: POLL.IN }], 0)[0] === 0) this.#garbage.collect();
  }

  /** Tells of every job that ended. @returns whether the host said something */
  #wait(): boolean {
    const running = [...this.#jobs.in("running")].flatMap(([jobId, { process }]) =>
      process === null ? [] : [{ jobId, fd: process.pidfd.fd }],
    );
    const [control, ...ended] = poll(
      [{ fd: this.#channel.fd, events: POLL.IN }, ...running.map(({ fd }) => ({ fd, events: POLL.IN }))],
      -1,
    );
    running.forEach(({ jobId, fd }, index) => {
      if (ended[index] !== 0) this.#tellExit(jobId, fd);
    });
    return control !== 0;
  }

  #launch({ message, descriptors }: Heard<Launch>): InJob | "launched" {
    const { jobId } = message;
    if (this.#retiring) throw new ProtocolError(`Cannot launch job ${jobId}: this worker was retired`);
    const job: Job = { jobId, process: null };
    this.#jobs.open(jobId, job);
    const started = Bun.nanoseconds();
    const launched = tryLaunch(this.#launcher, message, descriptors);
    // ORDER: in the job these numbers are the plan's by now, so nothing of ours may be closed there.
    if (launched.kind === "in-job") return launched;
    closeAll(descriptors);
    if (launched.kind === "failed") {
      this.#jobs.follow(jobId, "launch-failed");
      this.#channel.send({ kind: "launch-failed", jobId, errno: launched.errno, message: launched.message });
      return "launched";
    }
    job.process = launched;
    this.#garbage.launched();
    this.#jobs.follow(jobId, "started");
    const setupMicros = Math.round((Bun.nanoseconds() - started) / 1000);
    const { moments } = launched;
    const micros = (atMs: number | null): number =>
      atMs === null ? 0 : Math.max(1, Math.round((atMs - moments.begunMs) * 1000));
    this.#channel.send(
      {
        kind: "started",
        jobId,
        setupMicros,
        begunMicros: Math.round(monotonicOf(moments.begunMs) * 1000),
        clonedMicros: micros(moments.clonedMs),
        walkedMicros: micros(moments.walkedMs),
        executedMicros: micros(moments.executedMs),
      },
      [launched.pidfd.fd],
    );
    return "launched";
  }

  #obey(message: Exclude<HostMessage, Launch>, descriptors: readonly OwnedFd[]): void {
    switch (message.kind) {
      case "retire":
        this.#retiring = true;
        return;
      case "kill": {
        const job = this.#jobs.follow(message.jobId, "kill");
        if (job !== null) end(job);
        return;
      }
      case "reap": {
        const job = this.#jobs.follow(message.jobId, "reap");
        if (job !== null) reap(job);
        this.#tidy();
        return;
      }
      case "status": {
        const [socket] = descriptors;
        const { jobId } = message;
        if (socket !== undefined) this.#channel.reply(socket, { jobId, phase: this.#jobs.phaseOf(jobId) });
        return;
      }
      case "setup":
        closeAll(descriptors);
        throw new ProtocolError('Cannot serve: "setup" came twice');
    }
  }

  /** Looks without reaping, so that the id can not be used again behind the host's back. */
  #tellExit(jobId: number, pidfd: OwnedFd["fd"]): void {
    const child = waitid({ pidfd }, W.EXITED | W.NOWAIT | W.NOHANG);
    if (child === null) return;
    this.#jobs.follow(jobId, "exited");
    const waitStatus =
      child.end.kind === "exited" ? child.end.code << 8 : child.end.kind === "signaled" ? child.end.signal : 0;
    const { userMicros, systemMicros } = child.usage;
    this.#channel.send({
      kind: "exited",
      jobId,
      waitStatus,
      cpuUserMicros: userMicros,
      cpuSystemMicros: systemMicros,
    });
  }
}

type Tried = Launched | InJob | { readonly kind: "failed"; readonly errno: number; readonly message: string };

function tryLaunch(launcher: JobLauncher, message: Launch, descriptors: readonly OwnedFd[]): Tried {
  try {
    const launched = launcher.launch(message, endsBySlot(message.descriptors, descriptors));
    if (launched.kind !== "refused") return launched;
    return {
      kind: "failed",
      errno: launched.errno,
      message: `the job's process could not be created: ${errnoText(launched.errno)}`,
    };
  } catch (error) {
    return { kind: "failed", errno: 0, message: error instanceof Error ? error.message : String(error) };
  }
}

function reap({ process }: Job): void {
  if (process === null) return;
  wait4(process.pid);
  process.pidfd.close();
}

/** SAFETY: not reaped yet, so the id of its group is still its own. Harmless when it has ended. */
function end({ process }: Job): void {
  if (process === null) return;
  tryCall("pidfd_send_signal", process.pidfd.fd, SIGKILL);
  tryCall("kill", -process.pid, SIGKILL);
}
