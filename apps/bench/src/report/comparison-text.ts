// What two runs, or a run and its expectations, have to say to each other.
import picocolors from "picocolors";
import type { Change } from "../compare/compare-results.ts";
import type { Kept } from "../compare/expectations.ts";
import { plainTable } from "./plain-table.ts";
import { estimateText } from "./wording.ts";

export function changesText(changes: readonly Change[]): string {
  if (changes.length === 0) return "The two runs have nothing in common that could be compared.";
  return [...Map.groupBy(changes, ({ scenario }) => scenario)]
    .map(([scenario, group]) => {
      const baseline = group[0]?.baseline ?? null;
      const rows = group.map(({ name, before, after, clear }) => {
        const change = `${after.value >= before.value ? "+" : ""}${((after.value / before.value - 1) * 100).toFixed(0)} %`;
        return [
          name,
          estimateText(before),
          estimateText(after),
          clear ? picocolors.bold(change) : change,
          clear ? "clear" : "",
        ];
      });
      const head = baseline === null ? "figures" : `ratios to "${baseline}"`;
      return `${picocolors.bold(scenario)}: ${head}\n${plainTable(["", "before", "after", "change", ""], rows)}`;
    })
    .join("\n\n");
}

export function expectationsText(kept: readonly Kept[]): string {
  const rows = kept.map((one) => [
    one.state === "broken" ? picocolors.red(one.state) : one.state === "kept" ? picocolors.green(one.state) : one.state,
    `${one.scenario}: ${one.of} to ${one.to}`,
    one.estimate === null ? one.why : estimateText(one.estimate),
    `at most ${one.atMost}`,
  ]);
  return `${picocolors.bold("Expected ratios")}\n${plainTable(["", "", "measured", "expected"], rows)}`;
}
