// From values to statements: a row per contender, a line per target.
import type { Absent, PlotKind, Scenario, Stage, Unit } from "./contender.ts";
import type { Measured, Measurement } from "./measure.ts";
import type { Noise } from "./noise.ts";
import { compareMedians, type Estimate } from "./statistics/bootstrap.ts";
import { type Summary, summarize } from "./statistics/summary.ts";
import { type Judged, judgeTarget } from "./target.ts";

export interface Row extends Measured {
  readonly summary: Summary;
  /** Of the medians, to the scenario's baseline; null when that was not measured. */
  readonly ratio: Estimate | null;
}

export interface ScenarioResult {
  readonly name: string;
  readonly says: string;
  readonly unit: Unit;
  readonly plot: PlotKind;
  readonly axis?: string;
  readonly baseline: string | null;
  readonly rows: readonly Row[];
  readonly absent: readonly Absent[];
  readonly targets: readonly Judged[];
  readonly noise: Noise;
}

export function judge(
  { name, says, unit, plot, axis }: Scenario,
  { baseline, absent, targets }: Omit<Stage, "contenders" | typeof Symbol.asyncDispose>,
  { measured, failed }: Measurement,
  noise: Noise,
): ScenarioResult {
  const byName = new Map(measured.map((one) => [one.name, one.values]));
  const base = baseline === null ? undefined : byName.get(baseline);
  return {
    name,
    says,
    unit,
    plot,
    ...(axis === undefined ? {} : { axis }),
    baseline,
    rows: measured.map((one) => ({
      ...one,
      summary: summarize(one.values),
      ratio: base === undefined ? null : compareMedians("ratio", one.values, base),
    })),
    absent: [...absent, ...failed],
    targets: targets.map((target) => judgeTarget(target, byName)),
    noise,
  };
}
