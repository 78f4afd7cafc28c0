// The results as a page that can be pasted into an issue.
import type { ScenarioResult } from "../judge.ts";
import { absentGroups } from "./absent-groups.ts";
import { PARTS_TITLE, partsTable } from "./parts.ts";
import type { Results } from "./results.ts";
import { estimateText, figure, machineText, noiseText, runText, targetText, UNIT_NAMES } from "./wording.ts";

export function markdownReport(results: Results): string {
  const { machine, scenarios } = results;
  const targets = scenarios.flatMap(({ targets, unit }) =>
    targets.map((target) => [
      `${target.says}: ${targetText(target, unit)}`,
      target.estimate === null ? "" : estimateText(target.estimate),
      target.state,
    ]),
  );
  return [
    "# Results of the bench",
    "",
    `${machineText(machine)}. ${runText(results)}.`,
    "",
    "Contenders took turns. A ratio is of medians, with the interval that holds 95 % of 1,000 resamplings of whole rounds.",
    "",
    ...(targets.length === 0 ? [] : ["## Targets", "", ...table(["target", "measured", ""], targets)]),
    ...scenarios.flatMap(scenarioSection),
  ].join("\n");
}

function scenarioSection({ name, says, unit, baseline, rows, absent, noise }: ScenarioResult): string[] {
  const ratios = rows.some(({ ratio }) => ratio !== null);
  const parts = partsTable(rows);
  return [
    `## ${name}`,
    "",
    `${says}; ${UNIT_NAMES[unit]}.`,
    "",
    ...table(
      ["", "min", "p50", "p90", "p99", ...(ratios ? [`× ${baseline}`] : []), "runs", "how"],
      rows.map(({ name, how, summary, ratio }) => [
        name,
        ...[summary.min, summary.p50, summary.p90, summary.p99].map(figure),
        ...(ratios ? [ratio === null ? "" : estimateText(ratio)] : []),
        String(summary.runs),
        `\`${how}\``,
      ]),
    ),
    ...(parts === null ? [] : [`${PARTS_TITLE}:`, "", ...table(parts.head, parts.body)]),
    ...rows.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}.\n`])),
    ...absentGroups(absent).map(({ name, why }) => `Not measured: ${name}: ${why}.\n`),
    `Noise: ${noiseText(noise)}.`,
    "",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}
