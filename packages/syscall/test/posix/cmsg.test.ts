import { expect, test } from "bun:test";
import { cmsgAlign, cmsgLen, cmsgSpace } from "../../src/posix/cmsg.ts";

test("cmsgSpace() and cmsgLen() give what C gives for 0 to 4 descriptors", () => {
  expect([0, 4, 8, 12, 16].map(cmsgSpace)).toEqual([16, 24, 24, 32, 32]);
  expect([0, 4, 8, 12, 16].map(cmsgLen)).toEqual([16, 20, 24, 28, 32]);
});

test("cmsgAlign() rounds up to eight", () => {
  expect([0, 1, 7, 8, 9].map(cmsgAlign)).toEqual([0, 8, 8, 8, 16]);
});
