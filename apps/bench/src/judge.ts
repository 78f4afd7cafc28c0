// From times to statements: a row per contender, a line per target.
import type { Absent, Scenario, Stage, Target } from "./contender.ts";
import type { Measured, Measurement } from "./measure.ts";
import type { Noise } from "./noise.ts";
import { compareMedians, type Estimate } from "./statistics/bootstrap.ts";
import { type Summary, summarize } from "./statistics/summary.ts";

interface Row extends Measured {
  readonly summary: Summary;
  /** Of the medians, to the scenario's baseline; null when that was not measured. */
  readonly ratio: Estimate | null;
}

export type Judged = Target &
  (
    | { readonly state: "pass" | "miss"; readonly estimate: Estimate }
    | { readonly state: "not measured"; readonly estimate: null }
  );

export interface ScenarioResult {
  readonly name: string;
  readonly says: string;
  readonly baseline: string;
  readonly rows: readonly Row[];
  readonly absent: readonly Absent[];
  readonly targets: readonly Judged[];
  readonly noise: Noise;
}

export function judge(
  scenario: Scenario,
  stage: Stage,
  { measured, failed }: Measurement,
  noise: Noise,
): ScenarioResult {
  const byName = new Map(measured.map((one) => [one.name, one.micros]));
  const baseline = byName.get(stage.baseline);
  return {
    name: scenario.name,
    says: scenario.says,
    baseline: stage.baseline,
    rows: measured.map((one) => ({
      ...one,
      summary: summarize(one.micros),
      ratio: baseline === undefined ? null : compareMedians("ratio", one.micros, baseline),
    })),
    absent: [...stage.absent, ...failed],
    targets: stage.targets.map((target) => judgeTarget(target, byName)),
    noise,
  };
}

export function judgeTarget(target: Target, measured: ReadonlyMap<string, readonly number[]>): Judged {
  const of = measured.get(target.of);
  const to = measured.get(target.to);
  if (of === undefined || to === undefined) return { ...target, state: "not measured", estimate: null };
  const compared = compareMedians(target.kind, of, to);
  const estimate = target.kind === "ratio" ? compared : inMilliseconds(compared);
  return { ...target, state: estimate.value <= target.atMost ? "pass" : "miss", estimate };
}

function inMilliseconds({ value, low, high }: Estimate): Estimate {
  return { value: value / 1000, low: low / 1000, high: high / 1000 };
}
