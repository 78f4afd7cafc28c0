// The results as one page that needs nothing else: no script, no font, no network.
import type { ScenarioResult } from "../judge.ts";
import { absentGroups } from "./absent-groups.ts";
import { escapeText, folded, list, paragraph, table } from "./markup.ts";
import { PARTS_TITLE, partsTable } from "./parts.ts";
import { plotsOf } from "./plots/plots-of.ts";
import type { Results } from "./results.ts";
import { STYLE } from "./style.ts";
import { countedText, targetGroups } from "./target-groups.ts";
import { estimateText, figure, machineText, noiseText, runText, targetText, UNIT_NAMES } from "./wording.ts";

export function pageReport(results: Results): string {
  const { machine, scenarios } = results;
  const links = scenarios.map(({ name }) => `<a href="#${name}">${escapeText(name)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hutch bench</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Hutch bench</h1>
${paragraph(`${machineText(machine)}.`, "soft")}
${paragraph(`${runText(results)}.`, "soft")}
${paragraph("Contenders took turns. A ratio is of medians; its interval holds 95 % of 1,000 resamplings of whole rounds. Ratios travel between machines, times do not.")}
<nav>${links.join("\n")}</nav>
${targetList(scenarios)}
${scenarios.map(section).join("\n")}
</body>
</html>
`;
}

function targetList(scenarios: readonly ScenarioResult[]): string {
  const items = targetGroups(scenarios).map((group) => {
    const { says, unit, state, shown } = group;
    const mark = `<span class="state ${state.replace(" ", "-")}">${state}</span>`;
    const details = shown.map((target) => {
      const value = target.estimate === null ? target.state : estimateText(target.estimate);
      return `<br><span class="soft">${escapeText(`${targetText(target, unit)}: ${value}`)}</span>`;
    });
    return `${mark} ${escapeText(says)}${countedText(group)}${details.join("")}`;
  });
  return items.length === 0 ? "" : `<h2 id="targets">Targets</h2>\n${list(items, "targets")}`;
}

function section(result: ScenarioResult): string {
  const { name, says, rows, absent, noise } = result;
  const plots = plotsOf(result).map(({ title, markup }) => `<h3>${escapeText(title)}</h3>\n${markup}`);
  return [
    `<h2 id="${name}">${escapeText(name)}</h2>`,
    paragraph(`${says}.`),
    ...plots,
    ...rows.flatMap(({ name, note }) => (note === undefined ? [] : [paragraph(`${name}: ${note}.`)])),
    folded("Figures", figures(result)),
    folded(
      "How each was run",
      list(rows.map((row) => `${escapeText(row.name)}<br><code>${escapeText(row.how)}</code>`)),
    ),
    folded(
      `Not measured here (${absent.length})`,
      list(absentGroups(absent).map(({ name, why }) => `${escapeText(name)}: ${escapeText(why)}`)),
    ),
    paragraph(`Noise: ${noiseText(noise)}.`, "soft"),
  ].join("\n");
}

function figures({ rows, unit, baseline }: ScenarioResult): string {
  const ratios = rows.some(({ ratio }) => ratio !== null);
  const head = [UNIT_NAMES[unit], "min", "p50", "p90", "p99", ...(ratios ? [`× ${baseline}`] : []), "runs"];
  const body = rows.map(({ name, summary, ratio }) => [
    name,
    ...[summary.min, summary.p50, summary.p90, summary.p99].map(figure),
    ...(ratios ? [ratio === null ? "" : estimateText(ratio)] : []),
    String(summary.runs),
  ]);
  const parts = partsTable(rows);
  const partsOf = parts === null ? [] : [paragraph(`${PARTS_TITLE}.`, "soft"), table(parts.head, parts.body)];
  return rows.length === 0 ? "" : [table(head, body), ...partsOf].join("\n");
}
