// The results as a person sees them while the bench runs. Colours only where picocolors finds a terminal that wants them.
import picocolors from "picocolors";
import type { Row, ScenarioResult } from "../judge.ts";
import type { Judged } from "../target.ts";
import { absentGroups } from "./absent-groups.ts";
import { PARTS_TITLE, partsTable } from "./parts.ts";
import { plainTable } from "./plain-table.ts";
import { countedText, targetGroups } from "./target-groups.ts";
import { estimateText, figure, noiseText, targetText, UNIT_NAMES } from "./wording.ts";

export function scenarioText(result: ScenarioResult): string {
  const ratios = result.rows.some(({ ratio }) => ratio !== null);
  const table = plainTable(
    ["", "min", "p50", "p90", "p99", ...(ratios ? [`× "${result.baseline}"`] : []), "runs"],
    result.rows.map((row) => cells(row, ratios)),
  );
  const lines = [picocolors.bold(result.name), `${result.says}; ${UNIT_NAMES[result.unit]}`, table];
  const parts = partsTable(result.rows);
  if (parts !== null) lines.push(picocolors.dim(PARTS_TITLE), plainTable(parts.head, parts.body));
  for (const { name, note } of result.rows) if (note !== undefined) lines.push(`${name}: ${note}`);
  for (const { name, why } of absentGroups(result.absent)) lines.push(picocolors.yellow(`not here: ${name}: ${why}`));
  lines.push(picocolors.dim(noiseText(result.noise)));
  return lines.join("\n");
}

function cells({ name, summary, ratio }: Row, ratios: boolean): string[] {
  const { min, p50, p90, p99, runs } = summary;
  return [
    name,
    figure(min),
    picocolors.bold(figure(p50)),
    figure(p90),
    figure(p99),
    ...(ratios ? [ratio === null ? "" : estimateText(ratio)] : []),
    String(runs),
  ];
}

const STATES: Readonly<Record<Judged["state"], (text: string) => string>> = {
  pass: picocolors.green,
  miss: picocolors.red,
  "not measured": picocolors.yellow,
};

export function checkListText(results: readonly ScenarioResult[]): string {
  const lines = targetGroups(results).flatMap((group) => [
    `  ${STATES[group.state](group.state)}  ${group.scenario}: ${group.says}${countedText(group)}`,
    ...group.shown.map((target) => {
      const value = target.estimate === null ? target.state : estimateText(target.estimate);
      return `        ${picocolors.dim(targetText(target, group.unit))}: ${value}`;
    }),
  ]);
  return lines.length === 0 ? "" : [picocolors.bold("Targets"), ...lines].join("\n");
}
