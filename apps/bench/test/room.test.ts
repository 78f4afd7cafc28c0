import { expect, test } from "bun:test";
import { exhausted, extrapolate, type Room, roomLeft, TAKEN } from "../src/room.ts";

const before: Room = { memoryMiB: 10_000, processes: 1000, descriptors: 500 };

test("the first share that is used up is named, and nothing before one is", () => {
  expect(exhausted(before, before)).toBeNull();
  expect(exhausted(before, { memoryMiB: 8001, processes: 751, descriptors: 101 })).toBeNull();
  expect(exhausted(before, { ...before, memoryMiB: 8000 })).toBe("memoryMiB");
  expect(exhausted(before, { ...before, processes: 750 })).toBe("processes");
  expect(exhausted(before, { ...before, descriptors: 100 })).toBe("descriptors");
});

test("what fits is told for each of them; what was not used is no bound", () => {
  expect(extrapolate(10, before, { memoryMiB: 9000, processes: 980, descriptors: 500 })).toEqual({
    memoryMiB: 100,
    processes: 500,
    descriptors: Number.POSITIVE_INFINITY,
  });
});

test("no descriptor limit is no bound", () => {
  const unlimited = { ...before, descriptors: Number.POSITIVE_INFINITY };
  expect(exhausted(unlimited, unlimited)).toBeNull();
  expect(extrapolate(10, unlimited, { ...unlimited, memoryMiB: 9000 })).toMatchObject({
    memoryMiB: 100,
    descriptors: Number.POSITIVE_INFINITY,
  });
});

test("the bench leaves most of the machine to others, and sees what there is", () => {
  expect(TAKEN.memoryMiB).toBeLessThanOrEqual(0.25);
  expect(TAKEN.processes).toBeLessThanOrEqual(0.25);
  for (const left of Object.values(roomLeft())) expect(left).toBeGreaterThan(0);
});
