import { describe, expect, test } from "bun:test";
import { judgeTarget, type Target } from "../src/target.ts";

const measured = new Map([
  ["ours", [2000, 2000, 2000]],
  ["plain", [1000, 1000, 1000]],
]);
const target: Target = { kind: "ratio", of: "ours", to: "plain", atMost: 2, says: "" };

describe("judgeTarget", () => {
  test("passes at the limit and misses above it", () => {
    expect(judgeTarget(target, measured)).toMatchObject({ state: "pass", estimate: { value: 2 } });
    expect(judgeTarget({ ...target, atMost: 1.9 }, measured)).toMatchObject({ state: "miss" });
  });

  test("takes differences", () => {
    expect(judgeTarget({ ...target, kind: "difference", atMost: 1000 }, measured)).toMatchObject({
      state: "pass",
      estimate: { value: 1000 },
    });
  });

  test("bounds values without their sign", () => {
    const errors = new Map([["job", [-3, 1, 2]]]);
    const bound = { kind: "bound", of: "job", quantile: 1, says: "" } as const;
    expect(judgeTarget({ ...bound, atMost: 3 }, errors)).toMatchObject({ state: "pass", estimate: { value: 3 } });
    expect(judgeTarget({ ...bound, atMost: 2 }, errors)).toMatchObject({ state: "miss" });
    expect(judgeTarget({ ...bound, atMost: 2, quantile: 0.5 }, errors)).toMatchObject({ state: "pass" });
  });

  test("divides the last values by the first ones", () => {
    const calls = [...Array(10).fill(1), ...Array(10).fill(2)];
    const course = new Map([
      ["calls", calls],
      ["plain", Array(20).fill(1)],
    ]);
    const slower = new Map([
      ["calls", calls],
      ["plain", calls],
    ]);
    const drift = { kind: "drift", of: "calls", beside: "plain", says: "" } as const;
    expect(judgeTarget({ ...drift, atMost: 2 }, course)).toMatchObject({ state: "pass", estimate: { value: 2 } });
    expect(judgeTarget({ ...drift, atMost: 1.1 }, course)).toMatchObject({ state: "miss" });
    expect(judgeTarget({ ...drift, atMost: 1.1 }, slower)).toMatchObject({ state: "pass", estimate: { value: 1 } });
    expect(judgeTarget({ ...drift, atMost: 1.1 }, new Map([["calls", calls]]))).toMatchObject({
      state: "not measured",
    });
    expect(
      judgeTarget(
        { ...drift, atMost: 2 },
        new Map([
          ["calls", [1, 2]],
          ["plain", [1, 1]],
        ]),
      ),
    ).toMatchObject({ state: "not measured" });
  });

  test("holds the slowest against the median", () => {
    const tail = { kind: "tail", of: "calls", says: "" } as const;
    const calls = new Map([["calls", [...Array(90).fill(1), ...Array(10).fill(5)]]]);
    expect(judgeTarget({ ...tail, atMost: 5 }, calls)).toMatchObject({ state: "pass", estimate: { value: 5 } });
    expect(judgeTarget({ ...tail, atMost: 3 }, calls)).toMatchObject({ state: "miss" });
  });

  test("says that it was not measured when one side is absent", () => {
    expect(judgeTarget({ ...target, to: "nobody" }, measured)).toMatchObject({ state: "not measured", estimate: null });
  });
});
