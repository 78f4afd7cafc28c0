// What this machine lets a plan do: one child tries everything at once; only after a failure each control is tried alone.
import {
  type ControlName,
  type ControlReport,
  DEFAULT_POLICY,
  type PlanRequest,
  type Probe,
  parseLimits,
  SandboxRefusedError,
} from "@hutch/core";
import { type Fd, getegid, geteuid, isExecutable, kernelVersion, type OwnedFd, readText } from "@hutch/syscall";
import { openInit } from "../open-init.ts";
import { isUnprivileged, type PlanContext } from "../plan-context.ts";
import { readHostLayout } from "../read-host-layout.ts";
import { readMachineFacts } from "./read-machine-facts.ts";
import { suggestFix } from "./suggest-fix.ts";
import { type TrialFailure, tryPlan } from "./trial.ts";
import { planEverything, planInitAlone, planSingles } from "./trials.ts";

/** An id that no user and no container of a machine has; a trial owns nothing for longer than it runs. */
const TRIAL_ID = 0x7fff_0000;

/** @throws SyscallError only for what has nothing to do with a control, such as no descriptors left */
export function probe(): Probe {
  const context = trialContext();
  const opened = tryOpenInit();
  if (!("fd" in opened)) return { missing: opened };
  using init = opened;
  const failure = tryPlan(planEverything(context), init.fd);
  return failure === null ? { missing: [] } : { missing: findMissing(context, init, failure) };
}

/**
 * What a job may be launched by before anybody probed, at a tenth of the time: every step of a plan is required, so whatever
 * is missing here fails as a step before the job's program runs, and probe() then says what it was. Tried is only what
 * would show too late: process 1 becomes init beside the running program.
 * @returns null where only probe() can tell
 */
export function presume(init: Fd, cgroups: boolean): Probe | null {
  const context = trialContext();
  // Too strict a limit would not fail as a step, it would be taken for the job's doing.
  if (isUnprivileged(context) && !cgroups && !countsProcessesPerNamespace()) return null;
  const works = isExecutable(init) ?? tryPlan(planInitAlone(context), init) === null;
  return works ? { missing: [] } : null;
}

/** SINCE: Linux 5.14. Distributions that brought it to an older kernel are probed. */
function countsProcessesPerNamespace(): boolean {
  const [major, minor] = kernelVersion();
  return major > 5 || (major === 5 && minor >= 14);
}

function trialContext(): PlanContext {
  const privileged = isRealRoot();
  const request: PlanRequest = {
    policy: DEFAULT_POLICY,
    limits: parseLimits(),
    start: "exec",
    root: "build",
    privileged,
    ids: privileged ? { uid: TRIAL_ID, gid: TRIAL_ID } : { uid: geteuid(), gid: getegid() },
    cgroups: 0,
    executables: [],
    descriptors: [],
  };
  return { request, host: readHostLayout(DEFAULT_POLICY), missing: new Set() };
}

/** Root of the machine itself: root of a user namespace has no ids to drop to. */
export function isRealRoot(): boolean {
  return geteuid() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readText("/proc/self/uid_map"));
}

function tryOpenInit(): OwnedFd | readonly ControlReport[] {
  try {
    return openInit();
  } catch (error) {
    if (error instanceof SandboxRefusedError) return error.missing;
    throw error;
  }
}

/** What a control cannot be tried without, where that is missing: there is one cause then, and one thing to change. */
function lacks(name: ControlName, missing: readonly ControlReport[], privileged: boolean): string | null {
  const gone = (needed: ControlName): boolean => missing.some((report) => report.name === needed);
  if (!privileged && gone("user-namespace")) return "it needs a user namespace, and this process may make none";
  return name === "process-limit" && gone("init") ? "it needs init, which is refused" : null;
}

function findMissing(context: PlanContext, init: OwnedFd, together: TrialFailure): ControlReport[] {
  const facts = readMachineFacts();
  const { request } = context;
  const missing: ControlReport[] = [];
  const report = (name: ControlName, failure: TrialFailure): void => {
    const why = `the kernel refused ${failure.what}: ${failure.code}`;
    missing.push({ name, state: "unavailable", why, fix: suggestFix(name, failure, facts) });
  };
  for (const [name, plan] of planSingles(context)) {
    const why = lacks(name, missing, request.privileged);
    if (why !== null) missing.push({ name, state: "unavailable", why });
    else {
      const failure = tryPlan(plan, init.fd);
      if (failure !== null) report(name, failure);
    }
  }
  // Each works alone: what fails is the root in all namespaces together.
  if (missing.length === 0) report("private-root", together);
  return missing;
}
