// The results as a page that can be pasted into an issue.
import type { ScenarioResult } from "../judge.ts";
import type { Results } from "./results.ts";
import { estimateText, machineText, milliseconds, noiseText, targetText } from "./wording.ts";

export function markdownReport(results: Results): string {
  const { machine, startedAt, quick, interrupted, scenarios } = results;
  return [
    "# Results of the bench",
    "",
    `${machineText(machine)}. Started ${startedAt}${quick ? ", a quick run" : ""}${interrupted ? ", ended before its last round" : ""}.`,
    "",
    "Times are milliseconds. Contenders took turns; a ratio is of medians, with the interval that holds 95 % of 1,000 resamplings of whole rounds.",
    "",
    "## Targets",
    "",
    ...table(
      ["target", "measured", ""],
      scenarios
        .flatMap(({ targets }) => targets)
        .map((target) => [
          `${target.says}: ${targetText(target)}`,
          target.estimate === null ? "" : estimateText(target.estimate),
          target.state,
        ]),
    ),
    ...scenarios.flatMap(scenarioSection),
  ].join("\n");
}

function scenarioSection(result: ScenarioResult): string[] {
  const { name, says, baseline, rows, absent, noise } = result;
  return [
    `## ${name}`,
    "",
    `${says}.`,
    "",
    ...table(
      ["", "min", "p50", "p90", "p99", `× ${baseline}`, "runs", "how"],
      rows.map(({ name, how, summary, ratio }) => [
        name,
        milliseconds(summary.min),
        milliseconds(summary.p50),
        milliseconds(summary.p90),
        milliseconds(summary.p99),
        ratio === null ? "" : estimateText(ratio),
        String(summary.runs),
        `\`${how}\``,
      ]),
    ),
    ...absent.map(({ name, why }) => `Not measured: ${name}: ${why}.\n`),
    `Noise: ${noiseText(noise)}.`,
    "",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}
