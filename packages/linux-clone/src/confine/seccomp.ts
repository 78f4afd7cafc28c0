// Which system calls a job may make: a filter in the kernel, for good and for all that the job starts.
import type { ControlReport, Step } from "@hutch/core";
import { SECCOMP } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { chooseFilter, type JobFilter } from "../seccomp/choose-filter.ts";
import { step } from "../step.ts";

/** ORDER: after the last call that the filter refuses; no-new-privileges is what lets a process without rights install one. */
export function planSeccomp(context: PlanContext): Step[] {
  const filter = filterOf(context);
  if (filter === null || !works(context, "seccomp") || !works(context, "no-new-privileges")) return [];
  return [
    step(
      "filter system calls",
      "seccomp",
      [SECCOMP.SET_MODE_FILTER, filter.flags, { filter: filter.program }],
      "calls that the profile does not allow fail or end the job",
      { detail: PROFILES[filter.profile] },
    ),
  ];
}

const PROFILES: Readonly<Record<JobFilter["profile"], string>> = {
  command: "profile of commands",
  function: "profile of functions",
  given: "profile of the policy",
};

/** A worker launches jobs, for which it makes the very calls that no job may make. Each of its jobs gets a filter of its own. */
function filterOf({ request }: PlanContext): JobFilter | null {
  if (request.launchesJobs === true) return null;
  return chooseFilter(request.policy.syscalls, request.serves ?? "command");
}

export function reportSeccomp(context: PlanContext): ControlReport {
  const name = "seccomp";
  const filter = filterOf(context);
  if (filter === null) {
    const why =
      context.request.launchesJobs === true
        ? "a worker makes namespaces and mounts for its jobs; each of these has a filter"
        : "the policy switches it off";
    return { name, state: "off", why };
  }
  if (!works(context, "no-new-privileges"))
    return {
      name,
      state: "unavailable",
      why: "the kernel lets only processes without new privileges filter their calls",
    };
  return { name, state: "enforced", why: `${PROFILES[filter.profile]}, ${filter.program.byteLength / 8} instructions` };
}
