// The life of one job between host and worker, as data. Both sides hold every job to it, so that a message out of order is an
// error at whoever receives it, and not a wrong verdict later.
import { ProtocolError } from "./protocol-error.ts";

/**
 * - `asked`: the launch was sent
 * - `running`: the host has the pidfd
 * - `exited`: its first process ended and waits to be reaped, so its id is still its own
 * - `gone`: it was reaped, or never made
 */
export type JobPhase = "asked" | "running" | "exited" | "gone";

/** The messages that are about one job, but for the launch, which begins it. */
export type JobEvent = "started" | "launch-failed" | "exited" | "kill" | "reap";

/** What is not in here is out of order. */
export const JOB_TRANSITIONS: Readonly<Record<JobPhase, Readonly<Partial<Record<JobEvent, JobPhase>>>>> = {
  asked: { started: "running", "launch-failed": "gone", kill: "asked" },
  running: { exited: "exited", kill: "running" },
  exited: { reap: "gone", kill: "exited" },
  // The host may have sent it before it heard that the launch had failed.
  gone: { kill: "gone" },
};

/** @throws ProtocolError when this can not happen to a job now */
export function nextPhase(phase: JobPhase, event: JobEvent, jobId: number): JobPhase {
  const next = JOB_TRANSITIONS[phase][event];
  if (next === undefined)
    throw new ProtocolError(`Cannot follow: "${event}" came for job ${jobId}, which is in phase "${phase}"`);
  return next;
}
