import { expect, test } from "bun:test";
import { momentsOf } from "../src/launch-moments.ts";

const marks = (...ticks: readonly number[]): Float64Array => Float64Array.from(ticks);

test("ticks become the launcher's time in proportion", () => {
  expect(momentsOf(marks(1000, 1500, 1750, 1875, 2000), 40, 48)).toEqual({
    begunMs: 40,
    clonedMs: 44,
    walkedMs: 46,
    executedMs: 47,
  });
});

test("what was not passed has no moment, and nothing has one where there are no ticks", () => {
  expect(momentsOf(marks(1000, 1500, 0, 0, 2000), 40, 48)).toMatchObject({
    clonedMs: 44,
    walkedMs: null,
    executedMs: null,
  });
  expect(momentsOf(marks(0, 0, 0, 0, 0), 40, 48)).toEqual({
    begunMs: 40,
    clonedMs: null,
    walkedMs: null,
    executedMs: null,
  });
});

test("counters that differ give no moment before an earlier one, or outside of the launch", () => {
  expect(momentsOf(marks(1000, 500, 1500, 1250, 2000), 40, 48)).toMatchObject({
    clonedMs: 40,
    walkedMs: 44,
    executedMs: 44,
  });
  expect(momentsOf(marks(1000, 9000, 1500, 0, 2000), 40, 48)).toMatchObject({ clonedMs: 48, walkedMs: 48 });
  expect(momentsOf(marks(2000, 2500, 2600, 2700, 1000), 40, 48)).toMatchObject({ clonedMs: null });
});
