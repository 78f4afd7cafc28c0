// Which namespaces the first clone makes, and which process 2 makes later.
import type { ControlName, ControlReport, Step } from "@hutch/core";
import { CLONE } from "@hutch/syscall";
import { isUnprivileged, type PlanContext, works } from "../plan-context.ts";
import { thisMachine } from "../seccomp/choose-filter.ts";
import { canMeet } from "../seccomp/meeting-calls.ts";
import { step } from "../step.ts";
import { hasRange, planJoinedNamespace } from "./id-map.ts";
import { scopesNames } from "./landlock.ts";
import { canFilter } from "./seccomp.ts";

const BY_CONTROL = [
  ["mount-namespace", CLONE.NEWNS, "mounts of its own"],
  ["pid-namespace", CLONE.NEWPID, "process ids of its own; all end with process 1"],
  ["net-namespace", CLONE.NEWNET, ""],
  ["ipc-namespace", CLONE.NEWIPC, "System V and POSIX message queues of its own"],
  ["uts-namespace", CLONE.NEWUTS, "a host name of its own"],
] as const satisfies readonly (readonly [ControlName, number, string])[];

/**
 * ORDER: real root makes the user namespace last, by unshare in process 2. So the mounts belong to the machine's own user
 * namespace, and whatever the job becomes in its own one has no rights over them.
 */
export function cloneFlags(context: PlanContext): number {
  let flags = isUnprivileged(context) ? CLONE.NEWUSER : 0;
  for (const [control, flag] of BY_CONTROL) if (wanted(context, control)) flags |= flag;
  // A job that joins a cgroup must be in it before its view of the tree is cut off there.
  if (wanted(context, "cgroup-namespace") && context.request.cgroups === 0) flags |= CLONE.NEWCGROUP;
  return flags;
}

export function wanted(context: PlanContext, control: ControlName): boolean {
  if (control === "net-namespace" && (context.request.policy.network === "host" || networkOf(context) !== "own"))
    return false;
  return works(context, control);
}

/** `shared`: other jobs may be in it. */
function networkOf(context: PlanContext): "own" | "alone" | "shared" {
  const { inheritNetwork, policy } = context.request;
  if (inheritNetwork !== "beside") return inheritNetwork ?? "own";
  return canFilter(context) && !canMeet(policy, thisMachine(), scopesNames(context)) ? "shared" : "own";
}

const NETWORKS = {
  own: "a network of its own with nothing but loopback",
  alone: "the worker's own network with nothing but loopback; one job is in it at a time",
  shared: "the worker's own network with nothing but loopback, shared by jobs that may make no socket to meet in it",
} as const;

export function planCgroupNamespace(context: PlanContext): Step[] {
  if (context.request.cgroups === 0 || !wanted(context, "cgroup-namespace")) return [];
  return [
    step("make cgroup namespace", "unshare", [CLONE.NEWCGROUP], "the job sees its own cgroup as the root of all"),
  ];
}

export function planUserNamespace(context: PlanContext): Step[] {
  if (isUnprivileged(context) || !works(context, "user-namespace")) return [];
  if (hasRange(context)) return planJoinedNamespace();
  return [step("make user namespace", "unshare", [CLONE.NEWUSER], "what the job may become counts in here only")];
}

export function reportNamespaces(context: PlanContext): ControlReport[] {
  const { policy } = context.request;
  const network = networkOf(context);
  return [
    {
      name: "user-namespace",
      state: "enforced",
      why: `a user namespace of its own with ${hasRange(context) ? "65536 users and groups" : "one user and one group"}; more of them are refused inside`,
    },
    ...BY_CONTROL.map(([name, , why]): ControlReport => {
      if (name === "net-namespace" && policy.network === "host")
        return { name, state: "off", why: "the policy gives the host's network" };
      if (name === "net-namespace") return { name, state: "enforced", why: NETWORKS[network] };
      return { name, state: "enforced", why };
    }),
    { name: "cgroup-namespace", state: "enforced", why: "a view of the cgroup tree that begins at its own" },
  ];
}
