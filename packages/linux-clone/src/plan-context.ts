// What every part of the plan may look at. Pure data.
import type { ControlName, PlanRequest } from "@hutch/core";
import type { HostLayout } from "./host-layout.ts";

export interface PlanContext {
  readonly request: PlanRequest;
  readonly host: HostLayout;
  /** Controls that the probe showed to be impossible here. */
  readonly missing: ReadonlySet<ControlName>;
}

export function works({ missing }: PlanContext, control: ControlName): boolean {
  return !missing.has(control);
}

/** Root of the machine makes mounts and maps with its own rights and drops them; everybody else has them in a new user namespace only. */
export function isUnprivileged({ request }: PlanContext): boolean {
  return !request.privileged;
}
