import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatSize, formatTime, parseCount, parseSize, parseTime } from "../src/amounts.ts";
import { UsageError } from "../src/usage-error.ts";

describe("parseSize", () => {
  test.each([
    ["1B", 1],
    ["256MiB", 256 * 2 ** 20],
    ["1.5KiB", 1536],
    ["2GiB", 2 * 2 ** 30],
    ["3KB", 3000],
    ["3MB", 3_000_000],
    ["1GB", 1_000_000_000],
  ])("takes %s", (given, bytes) => {
    expect(parseSize(`--memory ${given}`, given)).toBe(bytes);
  });

  test.each([
    "256",
    "0",
    "-1MiB",
    "NaN",
    "Infinity",
    "1e3B",
    "256 MiB",
    "256mib",
    "256M",
    "256m",
    "2s",
    "MiB",
    "",
    "1,5KiB",
    "١MiB",
    "0x10B",
    "1TiB",
    "1constructor",
  ])("refuses %p and says what is accepted", (given) => {
    expect(() => parseSize(`--memory ${given}`, given)).toThrow(
      new UsageError(`--memory ${given}: expected a size with a unit, such as 256MiB (KiB, MiB, GiB, KB, MB, GB, B)`),
    );
  });

  test("refuses zero, a part of a byte and more than a number can hold", () => {
    expect(() => parseSize("--memory 0MiB", "0MiB")).toThrow(
      "--memory 0MiB: expected a size greater than zero, such as 256MiB",
    );
    expect(() => parseSize("--memory 0.5B", "0.5B")).toThrow("expected a size in whole bytes");
    expect(() => parseSize("--memory 99999999999999999GiB", "99999999999999999GiB")).toThrow(UsageError);
  });

  test("never returns anything but a whole number above zero, whatever is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.double(), fc.constantFrom("B", "KiB", "MB", "ms", "")).map((parts) => parts.join("")),
        ),
        (given) => {
          try {
            const bytes = parseSize(`--memory ${given}`, given);
            expect(Number.isSafeInteger(bytes) && bytes > 0).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
          }
        },
      ),
    );
  });
});

describe("parseTime", () => {
  test.each([
    ["1ms", 1],
    ["2s", 2000],
    ["1.5s", 1500],
    ["3m", 180_000],
  ])("takes %s", (given, ms) => {
    expect(parseTime(`--cpu ${given}`, given)).toBe(ms);
  });

  test.each(["2", "0", "-2s", "NaNs", "2h", "2S", "2 s", "2sec", "256MiB"])(
    "refuses %p and says what is accepted",
    (given) => {
      expect(() => parseTime(`--cpu ${given}`, given)).toThrow(
        new UsageError(`--cpu ${given}: expected a time with a unit, such as 2s (ms, s, m)`),
      );
    },
  );

  test("refuses zero and a part of a millisecond", () => {
    expect(() => parseTime("--cpu 0s", "0s")).toThrow("greater than zero");
    expect(() => parseTime("--cpu 0.1ms", "0.1ms")).toThrow("whole milliseconds");
  });
});

describe("parseCount", () => {
  test("takes whole numbers from 1 on", () => {
    expect(parseCount("--pids 64", "64")).toBe(64);
  });

  test.each(["0", "-1", "1.5", "NaN", "64MiB", "1e3", "", " 1", "99999999999999999999"])("refuses %p", (given) => {
    expect(() => parseCount(`--pids ${given}`, given)).toThrow(
      new UsageError(`--pids ${given}: expected a whole number of at least 1, such as 64`),
    );
  });
});

test("formatSize and formatTime choose the unit", () => {
  expect([1, 1024, 1536, 256 * 2 ** 20, 2 ** 30].map(formatSize)).toEqual([
    "1 B",
    "1 KiB",
    "1.5 KiB",
    "256 MiB",
    "1 GiB",
  ]);
  expect([40, 999.5, 1000, 1250].map(formatTime)).toEqual(["40 ms", "999.5 ms", "1 s", "1.25 s"]);
});
