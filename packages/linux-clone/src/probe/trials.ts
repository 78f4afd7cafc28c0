// The plans of the probe: one with everything, and one per control for when that one failed.
import type { ControlName, LaunchPlan, Step } from "@hutch/core";
import { CLONE, encodeStruct, RLIMIT, RLIMIT_LAYOUT } from "@hutch/syscall";
import { planCapabilities, planInitCapabilities } from "../confine/capabilities.ts";
import { planHostName } from "../confine/host-name.ts";
import { planDropIds, planIdMap, planIdMapOfClone } from "../confine/id-map.ts";
import { planPriority } from "../confine/inherited-attributes.ts";
import { planInit } from "../confine/init.ts";
import { planLandlock } from "../confine/landlock.ts";
import { planLoopback } from "../confine/loopback.ts";
import { planUserNamespace } from "../confine/namespaces.ts";
import { planNestedNamespaces } from "../confine/nested-namespaces.ts";
import { planNoNewPrivileges } from "../confine/no-new-privileges.ts";
import { planRlimits } from "../confine/rlimits.ts";
import { planRoot } from "../confine/root.ts";
import { planFatalCalls, planSeccomp } from "../confine/seccomp.ts";
import { planAwaitChild, planSession } from "../confine/session.ts";
import { planLaunch } from "../plan.ts";
import { isUnprivileged, type PlanContext } from "../plan-context.ts";
import { step } from "../step.ts";
import { END } from "./trial.ts";

export function planEverything(context: PlanContext): LaunchPlan {
  const { plan } = planLaunch(context.request, { missing: [] }, context.host);
  return { ...plan, outer: [...plan.outer, ...planProcessLimit(context)], inner: [...plan.inner, END] };
}

/** In the order in which they need each other. */
export function planSingles(context: PlanContext): readonly (readonly [ControlName, LaunchPlan])[] {
  const user = isUnprivileged(context) ? CLONE.NEWUSER : 0;
  const namespace = (flag: number): LaunchPlan => alone(user | flag, []);
  const ids = planIdMapOfClone(context);
  return [
    ["user-namespace", alone(user, [...planDropIds(context), ...planUserNamespace(context), ...planIdMap(context)])],
    ["mount-namespace", namespace(CLONE.NEWNS)],
    ["pid-namespace", namespace(CLONE.NEWPID)],
    ["net-namespace", alone(user | CLONE.NEWNET, planLoopback(context))],
    ["ipc-namespace", namespace(CLONE.NEWIPC)],
    ["uts-namespace", alone(user | CLONE.NEWUTS, planHostName(context))],
    ["cgroup-namespace", namespace(CLONE.NEWCGROUP)],
    ["private-root", alone(user | CLONE.NEWNS | CLONE.NEWPID, [...ids, ...planRoot(context), ...nested(context)])],
    ["session", alone(user, [...planSession(context), ...planPriority(context)])],
    ["rlimits", alone(user, planRlimits(context))],
    ["no-new-privileges", alone(user, planNoNewPrivileges(context))],
    ["landlock", alone(user, [...planNoNewPrivileges(context), ...planLandlock(context)])],
    ["seccomp", alone(user, [...planNoNewPrivileges(context), ...planFatalCalls(context), ...planSeccomp(context)])],
    ["capabilities", alone(user, planCapabilities(context))],
    ["init", planInitAlone(context)],
    ["process-limit", underInit(user, context, [...ids, ...planProcessLimit(context)])],
  ];
}

function alone(cloneFlags: number, steps: readonly Step[]): LaunchPlan {
  return { cloneFlags, outer: [], inner: [...steps, END], handover: [], start: "exec" };
}

/** A throwaway process 1 that becomes init. */
export function planInitAlone(context: PlanContext): LaunchPlan {
  return underInit(isUnprivileged(context) ? CLONE.NEWUSER : 0, context, planIdMapOfClone(context));
}

function underInit(user: number, context: PlanContext, outer: readonly Step[]): LaunchPlan {
  // Nothing listens to a trial.
  const unheard = { ...context, missing: new Set([...context.missing, "seccomp" as const]) };
  const handover = [...planInitCapabilities(context), ...planInit(unheard)];
  return {
    cloneFlags: user | CLONE.NEWPID,
    outer: [...planAwaitChild(), ...outer],
    inner: [END],
    handover,
    start: "exec",
  };
}

function nested(context: PlanContext): Step[] {
  return isUnprivileged(context) ? planNestedNamespaces(context) : [];
}

/**
 * Two processes are allowed, which is what a trial has. A kernel before 5.14 counts all that the user has, and refuses the
 * second one. Root is exempt, so nothing shows there.
 */
function planProcessLimit(context: PlanContext): Step[] {
  if (!isUnprivileged(context)) return [];
  const two = encodeStruct(RLIMIT_LAYOUT, { rlim_cur: 2, rlim_max: 2 });
  return [
    step(
      "set resource limit",
      "setrlimit",
      [RLIMIT.NPROC, { bytes: two }],
      "does the kernel count processes per user namespace?",
      { detail: "processes" },
    ),
  ];
}
