import { describe, expect, test } from "bun:test";
import { overlaps, parseSubordinateIds, rangeOf } from "../src/subordinate-ids.ts";

const TEXT = "ada:100000:65536\n# a comment\n1001:165536:65536\nada:400000:1000\nbroken:x:1\n:1:2\n";
const ranges = parseSubordinateIds(TEXT);

describe("parseSubordinateIds()", () => {
  test("reads owners by name and by number, and leaves out what is no entry", () => {
    expect(ranges).toEqual([
      { owner: "ada", first: 100_000, count: 65_536 },
      { owner: "1001", first: 165_536, count: 65_536 },
      { owner: "ada", first: 400_000, count: 1000 },
    ]);
  });
});

test("rangeOf() finds the first one that is large enough, for either name of the owner", () => {
  expect(rangeOf(ranges, ["ada", "1000"], 65_535)).toBe(100_000);
  expect(rangeOf(ranges, ["bob", "1001"], 65_535)).toBe(165_536);
  expect(rangeOf(ranges, ["ada"], 65_537)).toBeNull();
  expect(rangeOf(ranges, ["root", "0"], 1)).toBeNull();
});

test("overlaps() counts both ends", () => {
  expect([399_999, 400_000, 400_999, 401_000].map((first) => overlaps(ranges, first, 1))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(overlaps(ranges, 0, 100_000)).toBe(false);
  expect(overlaps(ranges, 0, 100_001)).toBe(true);
});
