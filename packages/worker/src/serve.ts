// The serve loop: launches, exits and reaps, one at a time, by poll(2). In a warm job it returns as the job.
import type { HostMessage, Launch } from "@hutch/core";
import { closeAll } from "@hutch/fdpass";
import {
  errnoText,
  type InJob,
  type Launched,
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
import { endsBySlot, type JobLauncher } from "./job-launcher.ts";
import type { Surroundings } from "./warm/surroundings.ts";

const SIGKILL = 9;

/** A job from its launch until the host asks to reap it. */
interface Job {
  readonly jobId: number;
  readonly pid: Pid;
  readonly pidfd: OwnedFd;
  exited: boolean;
}

export type Served = { readonly kind: "done" } | { readonly kind: "in-job"; readonly surroundings: Surroundings };

export function serve(channel: HostChannel, launcher: JobLauncher): Served {
  const jobs = new Map<number, Job>();
  let retiring = false;
  for (;;) {
    if (retiring && jobs.size === 0) return { kind: "done" };
    const running = [...jobs.values()].filter((job) => !job.exited);
    const [control, ...ended] = poll(
      [{ fd: channel.fd, events: POLL.IN }, ...running.map((job) => ({ fd: job.pidfd.fd, events: POLL.IN }))],
      -1,
    );
    running.forEach((job, index) => {
      if (ended[index] !== 0) tellExit(channel, job);
    });
    if (control === 0) continue;
    const heard = channel.receive();
    if (heard === null) continue;
    if (heard === "closed") {
      for (const job of jobs.values()) end(job);
      return { kind: "done" };
    }
    if (heard.message.kind === "launch") {
      const job = launch(channel, launcher, heard as Heard<Launch>);
      if (job === "in-job") return { kind: "in-job", surroundings: heard.message };
      if (job !== null) jobs.set(job.jobId, job);
    } else retiring = obey(heard.message, jobs) || retiring;
  }
}

function launch(
  channel: HostChannel,
  launcher: JobLauncher,
  { message, descriptors }: Heard<Launch>,
): Job | "in-job" | null {
  const { jobId } = message;
  const started = Bun.nanoseconds();
  const launched = tryLaunch(launcher, message, descriptors);
  // ORDER: in the job these numbers are the plan's by now, so nothing of ours may be closed there.
  if (launched.kind === "in-job") return "in-job";
  closeAll(descriptors);
  if (launched.kind === "failed") {
    channel.send({ kind: "launch-failed", jobId, errno: launched.errno, message: launched.message });
    return null;
  }
  channel.send({ kind: "started", jobId, setupMicros: Math.round((Bun.nanoseconds() - started) / 1000) }, [
    launched.pidfd.fd,
  ]);
  return { jobId, pid: launched.pid, pidfd: launched.pidfd, exited: false };
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

function obey(message: HostMessage, jobs: Map<number, Job>): boolean {
  if (message.kind === "retire") return true;
  if (message.kind === "kill") {
    const job = jobs.get(message.jobId);
    if (job !== undefined && !job.exited) tryCall("pidfd_send_signal", job.pidfd.fd, message.signal);
  }
  if (message.kind === "reap") {
    const job = jobs.get(message.jobId);
    if (job?.exited === true) {
      wait4(job.pid);
      job.pidfd.close();
      jobs.delete(job.jobId);
    }
  }
  return false;
}

/** Looks without reaping, so that the id can not be used again behind the host's back. */
function tellExit(channel: HostChannel, job: Job): void {
  const child = waitid({ pidfd: job.pidfd.fd }, W.EXITED | W.NOWAIT | W.NOHANG);
  if (child === null) return;
  job.exited = true;
  const waitStatus =
    child.end.kind === "exited" ? child.end.code << 8 : child.end.kind === "signaled" ? child.end.signal : 0;
  const { userMicros, systemMicros } = child.usage;
  channel.send({
    kind: "exited",
    jobId: job.jobId,
    waitStatus,
    cpuUserMicros: userMicros,
    cpuSystemMicros: systemMicros,
  });
}

/** The host is gone: so are its jobs. */
function end(job: Job): void {
  tryCall("pidfd_send_signal", job.pidfd.fd, SIGKILL);
  tryCall("kill", -job.pid, SIGKILL);
}
