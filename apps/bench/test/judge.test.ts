import { describe, expect, test } from "bun:test";
import type { Target } from "../src/contender.ts";
import { judgeTarget } from "../src/judge.ts";

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

  test("takes differences in milliseconds", () => {
    expect(judgeTarget({ ...target, kind: "difference", atMost: 1 }, measured)).toMatchObject({
      state: "pass",
      estimate: { value: 1 },
    });
  });

  test("says that it was not measured when one side is absent", () => {
    expect(judgeTarget({ ...target, to: "nobody" }, measured)).toMatchObject({ state: "not measured", estimate: null });
  });
});
