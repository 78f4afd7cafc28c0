import { describe, expect, test } from "bun:test";
import { estimateText, milliseconds } from "../src/report/wording.ts";
import { commandLine } from "../src/spawn.ts";

describe("milliseconds", () => {
  test.each([
    [45.25, "0.045"],
    [737.4, "0.737"],
    [4001, "4.00"],
    [12_345, "12.3"],
    [283_805, "284"],
  ])("%p µs is %p", (micros, text) => {
    expect(milliseconds(micros)).toBe(text);
  });
});

describe("estimateText", () => {
  test("keeps digits that mean something in small ratios", () => {
    expect(estimateText({ value: 0.0312, low: 0.0301, high: 0.0333 })).toBe("0.0312 (0.0301 to 0.0333)");
    expect(estimateText({ value: 2.456, low: 2.4, high: 2.5 })).toBe("2.46 (2.40 to 2.50)");
  });
});

describe("commandLine", () => {
  test("can be pasted into a shell", () => {
    expect(commandLine(["echo", "two words", "it's", "a=b"])).toBe("echo 'two words' 'it'\\''s' a=b");
  });
});
