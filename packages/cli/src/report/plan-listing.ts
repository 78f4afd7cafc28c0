// The plan of explain, to read: numbered steps under the process that walks them, then what they enforce.
import type { ControlReport, ExplainedPlan } from "hutch";
import { callText, type NumberedStep, numberSteps } from "./plan-steps.ts";
import { printableLine } from "./printable.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

const INDENT = 6;
const CONTROL_WIDTH = 20;

const HEADINGS: Readonly<Record<NumberedStep["part"], string>> = {
  outer: "Process 1 of the sandbox prepares it",
  inner: "Process 2 confines itself and becomes the job",
  handover: "Process 1 gives up its rights and becomes init",
};

export function planListing(explained: ExplainedPlan, argv: readonly string[], style: Style, columns: number): string {
  const { plan, controls } = explained;
  const steps = numberSteps(plan);
  const lines = [
    `${steps.length} steps for: ${printableLine(argv.join(" "))}`,
    `Nothing else runs between the clone (flags 0x${plan.cloneFlags.toString(16)}) and the job.`,
    "Error messages number the steps as this list does.",
  ];
  let part: NumberedStep["part"] | null = null;
  let why = "";
  for (const numbered of steps) {
    if (numbered.part !== part) {
      part = numbered.part;
      lines.push(
        "",
        style.bold(
          numbered.process === 1 && part === "inner"
            ? "The process confines itself and becomes the job"
            : HEADINGS[part],
        ),
      );
    }
    lines.push(...stepLines(numbered, style, columns));
    // Several calls in a row for one purpose: the reason is said once.
    if (numbered.step.why !== why) lines.push(...wrap(numbered.step.why, columns, INDENT));
    why = numbered.step.why;
  }
  lines.push(
    "",
    style.bold("What this enforces"),
    ...controls.flatMap((control) => controlLines(control, style, columns)),
    "",
  );
  return lines.join("\n");
}

function stepLines({ number, step }: NumberedStep, style: Style, columns: number): string[] {
  const detail = step.detail === undefined ? "" : ` ${style.cyan(printableLine(step.detail))}`;
  return [
    `${String(number).padStart(INDENT - 2)}  ${style.bold(step.name)}${detail}`,
    ...wrap(printableLine(callText(step)), columns, INDENT).map(style.dim),
  ];
}

function controlLines({ name, state, why }: ControlReport, style: Style, columns: number): string[] {
  const mark = {
    enforced: style.green("enforced"),
    partial: style.yellow("partly  "),
    off: style.dim("off     "),
    unavailable: style.red("missing "),
  }[state];
  const [first = "", ...rest] = wrap(why, columns, CONTROL_WIDTH + 12);
  return [`  ${name.padEnd(CONTROL_WIDTH)}${mark}  ${first.trimStart()}`, ...rest];
}
