// What is said about many times of one thing.
import { quantileSorted } from "simple-statistics";

export interface Summary {
  readonly runs: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** @throws RangeError for no values */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("Cannot summarize: there are no values");
  const sorted = ascending(values);
  const at = (share: number): number => quantileSorted(sorted, share);
  return { runs: sorted.length, min: at(0), p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** A sorted copy. */
export function ascending(values: Iterable<number>): number[] {
  return Array.from(Float64Array.from(values).sort());
}
