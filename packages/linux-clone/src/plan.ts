// From what a job may see and use to the ordered syscalls that make it so. Pure.
import {
  CONTROL_NAMES,
  type ControlName,
  type ControlReport,
  INDISPENSABLE_CONTROLS,
  type LaunchPlan,
  type PlannedLaunch,
  type PlanRequest,
  type Probe,
  SandboxRefusedError,
  type Step,
} from "@hutch/core";
import { reportCapabilities } from "./confine/capabilities.ts";
import { reportDescriptors } from "./confine/descriptors.ts";
import { reportIds } from "./confine/id-map.ts";
import { reportInit } from "./confine/init.ts";
import { reportLandlock } from "./confine/landlock.ts";
import { cloneFlags, reportNamespaces } from "./confine/namespaces.ts";
import { reportNoNewPrivileges } from "./confine/no-new-privileges.ts";
import { reportLimits } from "./confine/rlimits.ts";
import { reportRoot } from "./confine/root.ts";
import { reportSeccomp } from "./confine/seccomp.ts";
import { reportSession } from "./confine/session.ts";
import type { HostLayout } from "./host-layout.ts";
import { ORDER, type OrderedPart } from "./order.ts";
import { PARTS } from "./parts.ts";
import type { PlanContext } from "./plan-context.ts";

/**
 * @param host what the host's file tree looks like; only a plan that builds a root depends on it
 * @throws HostError for a policy that cannot be expressed; SandboxRefusedError where process 1 or its namespaces cannot be
 */
export function planLaunch(request: PlanRequest, probe: Probe, host: HostLayout): PlannedLaunch {
  const refused = probe.missing.filter((control) => INDISPENSABLE_CONTROLS.includes(control.name));
  const cause = refused.find((control) => control.name === "user-namespace");
  // Without user namespaces nothing else can be either: the one cause is enough.
  if (refused.length > 0) throw new SandboxRefusedError(cause === undefined ? refused : [cause]);
  const context: PlanContext = {
    request: withoutTcp(request),
    host,
    missing: new Set(probe.missing.map((control) => control.name)),
  };
  const steps = (parts: readonly OrderedPart[]): Step[] => parts.flatMap(({ part }) => PARTS[part](context));
  const plan: LaunchPlan = {
    cloneFlags: cloneFlags(context),
    outer: steps(ORDER.outer),
    inner: steps(ORDER.inner),
    handover: steps(ORDER.handover),
    start: request.start,
  };
  return { plan, controls: reportControls(context, probe) };
}

const NOT_IN_THIS_VERSION = "not part of this version";

/** One entry for every control, in the order of the list. What the probe found missing is never reported as enforced. */
function reportControls(context: PlanContext, probe: Probe): ControlReport[] {
  const reports = [
    ...reportNamespaces(context),
    reportRoot(context),
    reportInit(),
    ...reportSession(context),
    reportDescriptors(context),
    reportNoNewPrivileges(),
    reportCapabilities(context),
    reportIds(context),
    ...reportLimits(context),
    reportSeccomp(context),
    reportLandlock(context),
  ] satisfies ControlReport[];
  const byName = new Map<ControlName, ControlReport>(reports.map((report) => [report.name, report]));
  for (const report of probe.missing) if (byName.get(report.name)?.state !== "off") byName.set(report.name, report);
  return CONTROL_NAMES.map((name) => byName.get(name) ?? { name, state: "off", why: NOT_IN_THIS_VERSION });
}

/** The sockets that a supervised job is given are of the host's network: it may connect and bind none itself. */
function withoutTcp(request: PlanRequest): PlanRequest {
  const { policy } = request;
  return policy.supervise === null ? request : { ...request, policy: { ...policy, tcp: { connect: [], bind: [] } } };
}
