import { describe, expect, test } from "bun:test";
import type { Contender } from "../src/contender.ts";
import { measure, turnOrder } from "../src/measure.ts";

const options = { rounds: 4, warmUpRounds: 1, limitMs: 100_000, settleMs: 0, signal: new AbortController().signal };

function recorder(name: string, log: string[], fail: () => boolean = () => false): Contender {
  return {
    name,
    how: name,
    run: async () => {
      log.push(name);
      if (fail()) throw new Error(`${name} broke`);
      return { value: 1 };
    },
  };
}

describe("turnOrder", () => {
  test("has everybody once in each round, and everybody first in turn", () => {
    const orders = Array.from({ length: 6 }, (_, round) => turnOrder(3, round));
    for (const order of orders) expect([...order].sort()).toEqual([0, 1, 2]);
    expect(new Set(orders.map(([first]) => first))).toEqual(new Set([0, 1, 2]));
  });
});

describe("measure", () => {
  test("takes turns and leaves the warm-up out", async () => {
    const log: string[] = [];
    const { measured } = await measure([recorder("a", log), recorder("b", log)], options);
    expect(log).toHaveLength(10);
    expect(measured.map(({ name, values }) => [name, values.length])).toEqual([
      ["a", 4],
      ["b", 4],
    ]);
  });

  test("drops a contender that fails, with its reason, and goes on with the others", async () => {
    let runs = 0;
    const { measured, failed } = await measure([recorder("a", []), recorder("b", [], () => ++runs > 3)], options);
    expect(failed).toEqual([{ name: "b", why: "b broke" }]);
    expect(measured.map(({ name, values }) => [name, values.length])).toEqual([["a", 4]]);
  });

  test("keeps the complete rounds when it is ended", async () => {
    const abort = new AbortController();
    let runs = 0;
    const ending: Contender = {
      name: "b",
      how: "b",
      run: async () => {
        runs += 1;
        if (runs === 4) abort.abort();
        return { value: 1 };
      },
    };
    const { measured } = await measure([recorder("a", []), ending], { ...options, signal: abort.signal });
    const counts = measured.map(({ values }) => values.length);
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeLessThan(4);
  });
});
