// What figures should be, and whether they are.
import { compareMedians, type Estimate, estimateQuantile, estimateTail } from "./statistics/bootstrap.ts";

/** Of two medians. `ratio`: `of` divided by `to`. `difference`: `of` minus `to`, in the scenario's unit. */
interface Comparison {
  readonly kind: "ratio" | "difference";
  readonly of: string;
  readonly to: string;
  readonly atMost: number;
  readonly says: string;
}

/** Of one contender's values, without their sign: the share `quantile` of them is at most `atMost`. */
interface Bound {
  readonly kind: "bound";
  readonly of: string;
  readonly quantile: number;
  readonly atMost: number;
  readonly says: string;
}

/**
 * The median of the last values divided by that of the first, a thousand of each, or a fifth where there are fewer. Each value is
 * first divided by that of `beside` in the same round: a machine that gets slower meanwhile slows both.
 */
interface Drift {
  readonly kind: "drift";
  readonly of: string;
  readonly beside: string;
  readonly atMost: number;
  readonly says: string;
}

/** The 99th of a hundred values divided by their median. */
interface Tail {
  readonly kind: "tail";
  readonly of: string;
  readonly atMost: number;
  readonly says: string;
}

export type Target = Comparison | Bound | Drift | Tail;

const MOST_AT_AN_END = 1000;

export type Judged = Target &
  (
    | { readonly state: "pass" | "miss"; readonly estimate: Estimate }
    | { readonly state: "not measured"; readonly estimate: null }
  );

/** @param values of every contender that was measured, by its name */
export function judgeTarget(target: Target, values: ReadonlyMap<string, readonly number[]>): Judged {
  const estimate = estimateFor(target, values);
  if (estimate === null) return { ...target, state: "not measured", estimate };
  return { ...target, state: estimate.value <= target.atMost ? "pass" : "miss", estimate };
}

function estimateFor(target: Target, values: ReadonlyMap<string, readonly number[]>): Estimate | null {
  const of = values.get(target.of);
  if (of === undefined) return null;
  if (target.kind === "bound") return estimateQuantile(of.map(Math.abs), target.quantile);
  if (target.kind === "drift") return driftOf(of, values.get(target.beside));
  if (target.kind === "tail") return estimateTail(of);
  const to = values.get(target.to);
  return to === undefined ? null : compareMedians(target.kind, of, to);
}

function driftOf(of: readonly number[], beside: readonly number[] | undefined): Estimate | null {
  const count = Math.min(MOST_AT_AN_END, Math.floor(of.length / 5));
  if (count === 0 || beside === undefined) return null;
  const values = of.map((value, round) => value / (beside[round] ?? Number.NaN));
  return compareMedians("ratio", values.slice(-count), values.slice(0, count));
}
