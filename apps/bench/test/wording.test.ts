import { describe, expect, test } from "bun:test";
import { estimateText, figure } from "../src/report/wording.ts";
import { commandLine } from "../src/spawn.ts";

describe("figure", () => {
  test.each([
    [0.04525, "0.045"],
    [0.7374, "0.737"],
    [4.001, "4.00"],
    [12.345, "12.3"],
    [283.805, "284"],
  ])("%p is %p", (value, text) => {
    expect(figure(value)).toBe(text);
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
