// Two runs against each other. Times of two runs say nothing, the machine may have been another one: ratios within each are compared.
import type { ScenarioResult } from "../judge.ts";
import type { Results } from "../report/results.ts";
import type { Estimate } from "../statistics/bootstrap.ts";

export interface Change {
  readonly scenario: string;
  readonly name: string;
  /** To what both values are ratios; null where they are the figures themselves. */
  readonly baseline: string | null;
  readonly before: Estimate;
  readonly after: Estimate;
  /** `clear`: the two intervals have nothing in common. */
  readonly clear: boolean;
}

/** Of what both runs have; a row whose ratio is its own baseline is left out. */
export function compareResults(before: Results, after: Results): Change[] {
  return after.scenarios.flatMap((scenario) => {
    const old = before.scenarios.find(({ name }) => name === scenario.name);
    return old === undefined || old.baseline !== scenario.baseline ? [] : compareScenarios(old, scenario);
  });
}

function compareScenarios(before: ScenarioResult, after: ScenarioResult): Change[] {
  return after.rows.flatMap((row) => {
    const old = before.rows.find(({ name }) => name === row.name);
    if (old === undefined || row.name === after.baseline) return [];
    const was = old.ratio ?? plain(old.summary);
    const is = row.ratio ?? plain(row.summary);
    return [
      {
        scenario: after.name,
        name: row.name,
        baseline: row.ratio === null ? null : after.baseline,
        before: was,
        after: is,
        clear: is.low > was.high || is.high < was.low,
      },
    ];
  });
}

/** Without a baseline the spread of the values takes the place of an interval. */
function plain({ min, p50, p90 }: ScenarioResult["rows"][number]["summary"]): Estimate {
  return { value: p50, low: min, high: p90 };
}
