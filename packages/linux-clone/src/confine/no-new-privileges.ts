// Programs with set-user-id bits or file capabilities run without them.
import type { ControlReport, Step } from "@hutch/core";
import { PR } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { works } from "../plan-context.ts";
import { step } from "../step.ts";

export function planNoNewPrivileges(context: PlanContext): Step[] {
  if (!works(context, "no-new-privileges")) return [];
  return [
    step(
      "no new privileges",
      "prctl",
      [PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0],
      "no program that it executes can give it more rights",
    ),
  ];
}

export function reportNoNewPrivileges(): ControlReport {
  return {
    name: "no-new-privileges",
    state: "enforced",
    why: "PR_SET_NO_NEW_PRIVS, inherited by everything that the job starts",
  };
}
