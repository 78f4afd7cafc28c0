// How sure a ratio, a difference or a quantile is: resampling of whole rounds.
import { medianSorted, quantileSorted } from "simple-statistics";
import { ascending } from "./summary.ts";

export interface Estimate {
  readonly value: number;
  /** 95 % of the resampled values lie from `low` to `high`. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;
const SEED = 0x5eed;
const LOW = 0.025;
const HIGH = 0.975;
/** Of more rounds only so many are drawn, which makes the interval a little wider: drawing all of 50,000 takes minutes. */
const MOST_ROUNDS = 5000;

/**
 * The two lists were measured in the same rounds, and a slow moment of the machine is in both: so rounds are drawn, not times.
 * The draws are the same in every run, so the same times give the same interval.
 * @throws RangeError for lists that are empty or of different lengths
 */
export function compareMedians(kind: "ratio" | "difference", of: readonly number[], to: readonly number[]): Estimate {
  if (of.length === 0 || of.length !== to.length)
    throw new RangeError(`Cannot compare: ${of.length} values against ${to.length}`);
  const combine = (a: number, b: number): number => (kind === "ratio" ? a / b : a - b);
  return resample(of.length, (rounds) => combine(median(pick(of, rounds)), median(pick(to, rounds))));
}

/** @throws RangeError for no values */
export function estimateQuantile(values: readonly number[], share: number): Estimate {
  if (values.length === 0) throw new RangeError("Cannot estimate a quantile: there are no values");
  return resample(values.length, (rounds) => quantileSorted(ascending(pick(values, rounds)), share));
}

/** The 99th of a hundred divided by the median. @throws RangeError for no values */
export function estimateTail(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError("Cannot estimate a tail: there are no values");
  return resample(values.length, (rounds) => {
    const sorted = ascending(pick(values, rounds));
    return quantileSorted(sorted, 0.99) / medianSorted(sorted);
  });
}

/** @param statistic of the rounds with these numbers */
function resample(count: number, statistic: (rounds: readonly number[]) => number): Estimate {
  const random = seededRandom(SEED);
  const all = Array.from({ length: count }, (_, index) => index);
  const draw = (): number[] => Array.from({ length: Math.min(count, MOST_ROUNDS) }, () => Math.floor(random() * count));
  const values = ascending(Array.from({ length: RESAMPLES }, () => statistic(draw())));
  return { value: statistic(all), low: quantileSorted(values, LOW), high: quantileSorted(values, HIGH) };
}

function pick(values: readonly number[], indices: readonly number[]): number[] {
  return indices.map((index) => values[index] ?? Number.NaN);
}

function median(values: readonly number[]): number {
  return medianSorted(ascending(values));
}

/** mulberry32: good enough to draw rounds by, and the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
