// Which system calls a job may make: a filter in the kernel, for good and for all that the job starts.
import type { ControlReport, Step, StepArgument } from "@hutch/core";
import { F, SECCOMP, SECCOMP_FILTER_FLAG } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { chooseFilter, chooseWorkerFilter, type JobFilter } from "../seccomp/choose-filter.ts";
import { HANDOVER_SLOT, LISTENER_SLOT, SUPERVISOR_SLOT, step } from "../step.ts";

/** What native/init.c takes for its listener. */
const LISTENER_FD = 4;
/** What native/init.c takes for the two ways to the host's supervisor. */
const SUPERVISOR_FD = 5;
const HANDOVER_FD = 6;
/** Above every number that init wants. */
const PARKED_FROM = 64;

/**
 * ORDER: in process 1 and before process 2, which inherits it; the descriptor stays with process 1. It names no call that the
 * setup makes, so nothing waits for an init that is not there yet.
 */
export function planFatalCalls(context: PlanContext): Step[] {
  const filter = isWorker(context) ? null : filterOf(context);
  if (filter === null || !canFilter(context)) return [];
  const name = "listen to system calls";
  const supervised = isSupervised(context);
  // SINCE: Linux 5.19, and landlock's TCP rules, which a supervised job needs, are younger. Without it each signal to a caller
  // that waits makes it call again: one that gets many would never end, and what it was given meanwhile would be lost.
  const flags = SECCOMP_FILTER_FLAG.NEW_LISTENER | (supervised ? SECCOMP_FILTER_FLAG.WAIT_KILLABLE_RECV : 0);
  return [
    step(
      name,
      "seccomp",
      [SECCOMP.SET_MODE_FILTER, flags, { filter: filter.fatal }],
      supervised
        ? "a fatal call waits until init has told which one it was, and ended the job; others wait until the host has decided"
        : "a fatal call waits until init has told which one it was, and ended the job",
      { detail: PROFILES[filter.profile], save: LISTENER_SLOT },
    ),
    park({ slot: LISTENER_SLOT }, LISTENER_SLOT, "descriptor"),
    ...(supervised
      ? [
          park({ late: "supervisor" }, SUPERVISOR_SLOT, "supervisor"),
          park({ late: "handover" }, HANDOVER_SLOT, "handover"),
        ]
      : []),
  ];
}

function park(descriptor: StepArgument, save: number, detail: string): Step {
  const why = "out of the way of the numbers that init wants";
  return step("listen to system calls", "fcntl", [descriptor, F.DUPFD_CLOEXEC, PARKED_FROM], why, { detail, save });
}

function isSupervised({ request }: PlanContext): boolean {
  return request.policy.supervise !== null;
}

/** ORDER: in the handover, after the status socket has its number, which the listener must not take from it. */
export function planListener(context: PlanContext): Step[] {
  if (isWorker(context) || filterOf(context) === null || !canFilter(context)) return [];
  return [
    place(LISTENER_SLOT, LISTENER_FD, "where init hears of calls that wait"),
    ...(isSupervised(context)
      ? [
          place(SUPERVISOR_SLOT, SUPERVISOR_FD, "where init tells the host of calls that it decides"),
          place(HANDOVER_SLOT, HANDOVER_FD, "where init hands the listener over before"),
        ]
      : []),
  ];
}

function place(slot: number, fd: number, why: string): Step {
  return step("set descriptor", "dup3", [{ slot }, fd, 0], why, { detail: `${fd}` });
}

/** ORDER: after the last call that the filter refuses; no-new-privileges is what lets a process without rights install one. */
export function planSeccomp(context: PlanContext): Step[] {
  const filter = filterOf(context);
  if (filter === null || !canFilter(context)) return [];
  return [
    step(
      "filter system calls",
      "seccomp",
      [SECCOMP.SET_MODE_FILTER, filter.flags, { filter: filter.rest }],
      "calls that the profile does not allow fail, and no program that it starts gets out of that",
      { detail: PROFILES[filter.profile] },
    ),
  ];
}

/** Whether this machine holds a job to its profile. */
export function canFilter(context: PlanContext): boolean {
  return works(context, "seccomp") && works(context, "no-new-privileges");
}

const PROFILES: Readonly<Record<JobFilter["profile"], string>> = {
  command: "profile of commands",
  function: "profile of functions",
  worker: "profile of workers",
  supervised: "profile of supervised jobs, some calls by leave of the host",
  given: "profile of the policy",
};

function isWorker({ request }: PlanContext): boolean {
  return request.launchesJobs === true;
}

/** A worker makes the very calls that no job may make. Each of its jobs gets a filter of its own beside the worker's. */
function filterOf(context: PlanContext): JobFilter | null {
  const { request } = context;
  if (isWorker(context)) return chooseWorkerFilter(request.policy);
  return chooseFilter(request.policy, request.serves ?? "command");
}

export function reportSeccomp(context: PlanContext): ControlReport {
  const name = "seccomp";
  const filter = filterOf(context);
  if (filter === null) {
    const why = isWorker(context)
      ? "the policy gives jobs calls of its own choice, and a worker's filter would hold for them"
      : "the policy switches it off";
    return { name, state: "off", why };
  }
  if (!works(context, "no-new-privileges"))
    return {
      name,
      state: "unavailable",
      why: "the kernel lets only processes without new privileges filter their calls",
    };
  // One report is for all jobs of a worker, and both kinds have a filter.
  if (context.request.root === "inherit" && (filter.profile === "command" || filter.profile === "function"))
    return { name, state: "enforced", why: `${PROFILES.function}, or ${PROFILES.command} for a command` };
  return {
    name,
    state: "enforced",
    why: `${PROFILES[filter.profile]}, ${(filter.fatal.byteLength + filter.rest.byteLength) / 8} instructions`,
  };
}
