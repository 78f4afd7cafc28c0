// How sure a ratio or a difference of two medians is: resampling of whole rounds.
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

/**
 * The two lists were measured in the same rounds, and a slow moment of the machine is in both: so rounds are drawn, not times.
 * The draws are the same in every run, so the same times give the same interval.
 * @throws RangeError for lists that are empty or of different lengths
 */
export function compareMedians(kind: "ratio" | "difference", of: readonly number[], to: readonly number[]): Estimate {
  const rounds = of.length;
  if (rounds === 0 || rounds !== to.length)
    throw new RangeError(`Cannot compare: ${rounds} values against ${to.length}`);
  const combine = (a: number, b: number): number => (kind === "ratio" ? a / b : a - b);
  const random = seededRandom(SEED);
  const draws = (): number => {
    const drawn = Array.from({ length: rounds }, () => Math.floor(random() * rounds));
    return combine(median(pick(of, drawn)), median(pick(to, drawn)));
  };
  const values = ascending(Array.from({ length: RESAMPLES }, draws));
  const at = (share: number): number => quantileSorted(values, share);
  return { value: combine(median(of), median(to)), low: at(LOW), high: at(HIGH) };
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
