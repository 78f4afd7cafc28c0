// The plan of a plain fork: no process 1, no namespaces. Pure.
import {
  CONTROL_NAMES,
  type ControlName,
  type ControlReport,
  type PlannedLaunch,
  type PlanRequest,
  type Step,
} from "@hutch/core";
import { planDescriptors } from "./confine/descriptors.ts";
import { planRlimits } from "./confine/rlimits.ts";
import { planSession, planSignals } from "./confine/session.ts";
import { step } from "./step.ts";

const ENOENT = 2;
const PR_SET_DUMPABLE = 4;

/**
 * ORDER: the folder with the launcher's own rights, descriptors after everything that could open one, limits after the
 * descriptors, signals late because until there no handler of the launcher may run on its memory.
 */
export function planLaunch(request: PlanRequest): PlannedLaunch {
  const inner = [
    ...planSession(request),
    ...planDescriptors(request),
    ...planRlimits(request),
    ...planIds(request),
    ...planSignals(request),
    ...planExecute(request),
  ];
  return {
    plan: { cloneFlags: 0, outer: [], inner, handover: [], start: request.start },
    controls: reportControls(request),
  };
}

/** Root does not lend its rights. Not POSIX, and only here: setgroups, and prctl because the clone shares memory. */
function planIds({ privileged, ids }: PlanRequest): Step[] {
  if (!privileged) return [];
  return [
    step("drop groups", "setgroups", [0, 0], "root's further groups open files that others can not"),
    step("drop to host ids", "setgid", [ids.gid], "the group first: it needs the rights of the user"),
    step("drop to host ids", "setuid", [ids.uid], "an id that owns nothing on this machine"),
    step(
      "keep dumpable",
      "prctl",
      [PR_SET_DUMPABLE, { late: "dumpable" }, 0, 0, 0],
      "memory is still the launcher's, and a change of ids cleared it",
    ),
  ];
}

function planExecute({ start, executables }: PlanRequest): Step[] {
  if (start === "warm") return [];
  return executables.map((path, index) => {
    const last = index === executables.length - 1;
    const args = [{ late: `path${index}` }, { late: "argv" }, { late: "envp" }];
    return step(
      "execute",
      "execve",
      args,
      "the job's program",
      last ? { detail: path } : { detail: path, allow: ENOENT },
    );
  });
}

const ISOLATES_NOTHING =
  "posix-fork uses POSIX calls only and isolates nothing of the file system, network or other processes";

function reportControls(request: PlanRequest): ControlReport[] {
  const enforced: Partial<Record<ControlName, string>> = {
    session: "a session and process group of its own",
    environment:
      request.start === "exec"
        ? "the program gets the policy's variables and no others"
        : "the worker has none; the job sets the policy's",
    descriptors: `${request.descriptors.length} given ones, every other number below 1024 is closed`,
    rlimits: "CPU time, file size, open files and core size of each process",
    "wall-limit": "a timer of the host",
    "output-limit": "bytes counted by the host",
    ...(request.privileged ? { "unprivileged-ids": `user ${request.ids.uid}, which owns nothing` } : {}),
  };
  const partial: Partial<Record<ControlName, string>> = {
    "cpu-limit":
      "CPU time of the process tree, watched by the host; RLIMIT_CPU of each process; not seen: processes that left the tree, ended children of one that ignores SIGCHLD",
    "memory-limit":
      "resident memory of the process tree, sampled by the host; RLIMIT_DATA for commands; not seen: processes that left the tree, memory that none of them maps",
  };
  return CONTROL_NAMES.map((name): ControlReport => {
    const why = enforced[name];
    if (why !== undefined) return { name, state: "enforced", why };
    const weaker = partial[name];
    if (weaker !== undefined) return { name, state: "partial", why: weaker };
    if (name === "net-namespace" && request.policy.network === "host")
      return { name, state: "off", why: "the policy gives the host's network" };
    return { name, state: "unavailable", why: ISOLATES_NOTHING, fix: "choose the backend linux-clone" };
  });
}
