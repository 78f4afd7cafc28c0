import { expect, test } from "bun:test";
import { OldGarbage } from "../../src/warm/old-garbage.ts";

test("old garbage is collected once in many launches, and for a thousandth of the time at most", () => {
  let nowMs = 0;
  let collections = 0;
  const garbage = new OldGarbage({
    now: () => nowMs,
    collect: () => {
      nowMs += 7;
      collections += 1;
    },
  });
  const launch = (times: number): void => {
    for (let count = 0; count < times; count += 1) {
      garbage.launched();
      if (garbage.due) garbage.collect();
    }
  };
  launch(1_999);
  expect(collections).toBe(0);
  launch(1);
  expect(collections).toBe(1);
  launch(50_000);
  expect(collections).toBe(1);
  nowMs += 6_999;
  launch(1);
  expect(collections).toBe(1);
  nowMs += 1;
  launch(1);
  expect(collections).toBe(2);
  nowMs += 60_000;
  launch(1_999);
  expect(collections).toBe(2);
});
