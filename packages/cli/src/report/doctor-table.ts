// The table of doctor: every control, whether it works here, why, and what would help.
import Table from "cli-table3";
import { type ControlReport, type DoctorReport, INDISPENSABLE_CONTROLS } from "hutch";
import type { Style } from "./style.ts";

const NAME_WIDTH = 20;
const STATE_WIDTH = 9;
const BORDERS = 4;

export function doctorTable(report: DoctorReport, style: Style, columns: number): string {
  const table = new Table({
    head: ["Control", "Here", "Why"].map(style.bold),
    colWidths: [NAME_WIDTH, STATE_WIDTH, columns - NAME_WIDTH - STATE_WIDTH - BORDERS],
    wordWrap: true,
    // No lines between rows: the table has to fit a screen.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    // Colours are ours: the library would not ask whether anybody wants them.
    style: { head: [], border: [] },
  });
  for (const control of report.controls) table.push([control.name, stateOf(control, style), whyOf(control)]);
  return [environmentLines(report), table.toString(), conclusion(report, style), ""].join("\n");
}

function environmentLines(report: DoctorReport): string {
  const { kernel, bunVersion, uid, cgroups, cgroupsFix, idRange, backend } = report;
  return [
    `Linux ${kernel}, Bun ${bunVersion}, uid ${uid}, backend ${backend}`,
    `cgroups: ${cgroups}`,
    ...(cgroupsFix === undefined ? [] : [`  Fix: ${cgroupsFix}`]),
    `ranges of ids: ${idRange}`,
  ].join("\n");
}

function stateOf({ state }: ControlReport, style: Style): string {
  return {
    enforced: style.green("works"),
    partial: style.yellow("partly"),
    off: style.dim("off"),
    unavailable: style.red("missing"),
  }[state];
}

function whyOf({ why, fix }: ControlReport): string {
  return fix === undefined ? why : `${why}\nFix: ${fix}`;
}

function conclusion({ canEnforceDefault, controls }: DoctorReport, style: Style): string {
  if (canEnforceDefault) return style.green("The default policy can be enforced on this machine.");
  const missing = controls.filter(({ state }) => state === "unavailable");
  const names = missing.map(({ name }) => name);
  const needed = names.filter((name) => INDISPENSABLE_CONTROLS.includes(name));
  const fixes = [...new Set(missing.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))];
  return [
    style.red(
      `The default policy cannot be enforced on this machine: ${missing.length} of its controls ${missing.length === 1 ? "is" : "are"} missing.`,
    ),
    ...fixes.map((fix) => `  ${fix}`),
    needed.length === 0
      ? `To run without them all the same: sandbox-cli run --best-effort ${names.join(",")} -- COMMAND`
      : `Nothing runs without ${needed.join(", ")}, with --best-effort neither.`,
  ].join("\n");
}
