// Targets that say the same of several contenders, as one: what passed is counted, what did not is named.
import type { Unit } from "../contender.ts";
import type { ScenarioResult } from "../judge.ts";
import type { Judged } from "../target.ts";

export interface TargetGroup {
  readonly says: string;
  readonly scenario: string;
  readonly unit: Unit;
  readonly state: Judged["state"];
  readonly passed: number;
  readonly count: number;
  readonly unmeasured: number;
  /** Those that were missed; the one itself where there is one alone. */
  readonly shown: readonly Judged[];
}

export function targetGroups(scenarios: readonly ScenarioResult[]): TargetGroup[] {
  return scenarios.flatMap(({ name, unit, targets }) =>
    [...Map.groupBy(targets, ({ says }) => says)].map(([says, group]) => {
      const open = group.filter(({ state }) => state !== "pass");
      return {
        says,
        scenario: name,
        unit,
        state: open.find(({ state }) => state === "miss")?.state ?? open[0]?.state ?? "pass",
        passed: group.length - open.length,
        count: group.length,
        unmeasured: group.filter(({ state }) => state === "not measured").length,
        shown: group.length === 1 ? group : open.filter(({ state }) => state === "miss"),
      };
    }),
  );
}

/** Of a group of several: ": 3 of 5, 1 not measured". */
export function countedText({ passed, count, unmeasured }: TargetGroup): string {
  if (count === 1) return "";
  return `: ${passed} of ${count}${unmeasured === 0 ? "" : `, ${unmeasured} not measured`}`;
}
