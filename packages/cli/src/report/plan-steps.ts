// The steps of a plan in the order in which they run, each with the process that walks it and its call as text.
import type { LaunchPlan, Step } from "hutch";

export interface NumberedStep {
  readonly number: number;
  /** Which process walks it. */
  readonly process: 1 | 2;
  readonly part: "outer" | "inner" | "handover";
  readonly step: Step;
}

/** Numbered as errors number them: through outer, inner and handover. */
export function numberSteps(plan: LaunchPlan): readonly NumberedStep[] {
  // Without a process 1 of ours the clone itself is the job.
  const parts = [
    { part: "outer", process: 1, steps: plan.outer },
    { part: "inner", process: plan.handover.length === 0 ? 1 : 2, steps: plan.inner },
    { part: "handover", process: 1, steps: plan.handover },
  ] as const;
  return parts
    .flatMap(({ part, process, steps }) => steps.map((step) => ({ part, process, step })))
    .map((numbered, index) => ({ number: index + 1, ...numbered }));
}

type Argument = Step["args"][number];

const SMALL = 65_536;
/** struct sock_filter. */
const FILTER_INSTRUCTION_BYTES = 8;

/** `mount("tmpfs", "/", 0, 0x6, <12 bytes>)`; `<fd0>` is bound at each launch, `$3` is the result that a step kept. */
export function callText({ call, args, save, repeat }: Step): string {
  const kept = save === undefined ? "" : `$${save} = `;
  const times = repeat === undefined ? "" : ` × ${repeat}`;
  return `${kept}${call}(${args.map(argumentText).join(", ")})${times}`;
}

function argumentText(argument: Argument): string {
  if (typeof argument === "number" || typeof argument === "bigint") {
    return argument >= SMALL ? `0x${argument.toString(16)}` : String(argument);
  }
  if ("text" in argument) return JSON.stringify(argument.text);
  if ("bytes" in argument) return `<${argument.bytes.byteLength} bytes>`;
  if ("filter" in argument) return `<filter of ${argument.filter.byteLength / FILTER_INSTRUCTION_BYTES} instructions>`;
  return "slot" in argument ? `$${argument.slot}` : `<${argument.late}>`;
}
