// Shorthand for the steps of a plan. Pure.
import type { Step, StepArgument, StepName } from "@hutch/core";

export type StepExtra = Pick<Step, "detail" | "save" | "allow" | "repeat" | "counted" | "ofPolicy">;

export const NULL: StepArgument = 0;

export function step(
  name: StepName,
  call: string,
  args: readonly StepArgument[],
  why: string,
  extra: StepExtra = {},
): Step {
  return { name, call, args, why, ...extra };
}
