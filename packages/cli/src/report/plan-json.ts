// The plan of explain --json.
import type { ControlReport, ExplainedPlan, Step } from "hutch";
import { callText, numberSteps } from "./plan-steps.ts";

const FORMAT_VERSION = 1;

interface StepJson extends Pick<Step, "name" | "call" | "why"> {
  readonly number: number;
  readonly process: 1 | 2;
  readonly detail: string | null;
  /** The call with its arguments, to read. */
  readonly text: string;
}

interface PlanJson {
  readonly version: typeof FORMAT_VERSION;
  readonly start: "exec" | "warm";
  readonly cloneFlags: number;
  readonly steps: readonly StepJson[];
  readonly controls: readonly ControlReport[];
}

export function planToJson({ plan, controls }: ExplainedPlan): PlanJson {
  return {
    version: FORMAT_VERSION,
    start: plan.start,
    cloneFlags: plan.cloneFlags,
    steps: numberSteps(plan).map(({ number, process, step }) => ({
      number,
      process,
      name: step.name,
      detail: step.detail ?? null,
      call: step.call,
      text: callText(step),
      why: step.why,
    })),
    controls,
  };
}
