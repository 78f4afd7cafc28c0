// linux-clone as core's Backend: the plan with what it has to know of the host's files, and the probe.
import type { Backend, PlannedLaunch, PlanRequest, Probe } from "@hutch/core";
import { planLaunch } from "./plan.ts";
import { probe } from "./probe/probe.ts";
import { readHostLayout, readOwnLayout } from "./read-host-layout.ts";

/** Namespaces, a root of its own, no capabilities, resource limits, cgroups where this process may make them. */
export const linuxClone: Backend = {
  name: "linux-clone",
  probe,
  /** Looks at the sources that the policy names; all else is planLaunch, which is pure. */
  plan(request: PlanRequest, found: Probe): PlannedLaunch {
    const read = request.root === "build" ? readHostLayout : readOwnLayout;
    return planLaunch(request, found, read(request.policy));
  },
};
