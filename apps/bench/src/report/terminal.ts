// The results as a person sees them while the bench runs. Colours only where picocolors finds a terminal that wants them.
import Table from "cli-table3";
import picocolors from "picocolors";
import type { ScenarioResult } from "../judge.ts";
import { estimateText, milliseconds, noiseText, targetText } from "./wording.ts";

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

export function scenarioText(result: ScenarioResult): string {
  const table = new Table({
    head: ["", "min", "p50", "p90", "p99", `× "${result.baseline}"`, "runs"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const { name, summary, ratio } of result.rows) {
    const { min, p50, p90, p99, runs } = summary;
    table.push([
      name,
      milliseconds(min),
      picocolors.bold(milliseconds(p50)),
      milliseconds(p90),
      milliseconds(p99),
      ratio === null ? "" : estimateText(ratio),
      String(runs),
    ]);
  }
  const lines = [picocolors.bold(result.name), `${result.says}; milliseconds`, table.toString()];
  for (const { name, why } of result.absent) lines.push(picocolors.yellow(`not here: ${name}: ${why}`));
  lines.push(picocolors.dim(noiseText(result.noise)));
  return lines.join("\n");
}

export function checkListText(results: readonly ScenarioResult[]): string {
  const lines = results
    .flatMap(({ targets }) => targets)
    .map((target) => {
      const word =
        target.state === "pass"
          ? picocolors.green("pass")
          : target.state === "miss"
            ? picocolors.red("miss")
            : picocolors.yellow("not measured");
      const value = target.estimate === null ? "" : `: ${estimateText(target.estimate)}`;
      return `  ${word}  ${targetText(target)}${value}\n        ${picocolors.dim(target.says)}`;
    });
  return lines.length === 0 ? "" : [picocolors.bold("Targets"), ...lines].join("\n");
}
