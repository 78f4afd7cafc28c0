import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compareMedians, seededRandom } from "../src/statistics/bootstrap.ts";
import { summarize } from "../src/statistics/summary.ts";

const times = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe("summarize", () => {
  test("takes quantiles of unsorted values and counts them", () => {
    expect(summarize([9, 1, 5, 3, 7])).toEqual({ runs: 5, min: 1, p50: 5, p90: 8.2, p99: 8.92 });
  });

  test("sorts by number and not by text", () => {
    expect(summarize([100, 20, 3]).p50).toBe(20);
  });

  test("is in order for any values", () => {
    fc.assert(
      fc.property(times, (values) => {
        const { min, p50, p90, p99 } = summarize(values);
        expect([min, p50, p90, p99]).toEqual([min, p50, p90, p99].sort((a, b) => a - b));
      }),
    );
  });

  test("refuses no values", () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe("compareMedians", () => {
  test("is exact where every round has the same ratio and the same difference", () => {
    const to = [10, 10, 10];
    const of = [25, 25, 25];
    expect(compareMedians("ratio", of, to)).toEqual({ value: 2.5, low: 2.5, high: 2.5 });
    expect(compareMedians("difference", of, to)).toEqual({ value: 15, low: 15, high: 15 });
  });

  test("a list against itself has the ratio 1 in every resampling, because rounds are drawn", () => {
    fc.assert(
      fc.property(times, (values) =>
        expect(compareMedians("ratio", values, values)).toEqual({ value: 1, low: 1, high: 1 }),
      ),
      { numRuns: 10 },
    );
  });

  test("the interval holds the true ratio of two noisy lists, and narrows with more rounds", () => {
    const random = seededRandom(1);
    const noisy = (median: number, rounds: number): number[] =>
      Array.from({ length: rounds }, () => median * (0.8 + 0.4 * random()));
    const few = compareMedians("ratio", noisy(300, 20), noisy(100, 20));
    const many = compareMedians("ratio", noisy(300, 2000), noisy(100, 2000));
    expect(many.low).toBeLessThan(3);
    expect(many.high).toBeGreaterThan(3);
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
  });

  test("says the same about the same times", () => {
    const of = [3, 1, 4, 1, 5, 9, 2, 6];
    const to = [2, 7, 1, 8, 2, 8, 1, 8];
    expect(compareMedians("ratio", of, to)).toEqual(compareMedians("ratio", of, to));
  });

  test("refuses lists of different lengths", () => {
    expect(() => compareMedians("ratio", [1, 2], [1])).toThrow("2 values against 1");
  });
});
