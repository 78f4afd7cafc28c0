import { describe, expect, test } from "bun:test";
import { CONTROL_NAMES } from "hutch";
import { listOf, suggest } from "../src/suggestion.ts";

describe("suggest", () => {
  test.each([
    ["landlok", "; did you mean landlock?"],
    ["mem", "; did you mean memory-limit?"],
    ["sesion", "; did you mean session?"],
    ["x", ""],
    ["", ""],
    ["no-such-control", ""],
  ])("%p: %p", (given, expected) => {
    expect(suggest(given, CONTROL_NAMES)).toBe(expected);
  });
});

test("listOf() fits a line of 80 columns with what stands before a hint", () => {
  const lines = listOf("controls", CONTROL_NAMES);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78);
  expect(lines.join(" ")).toBe(`controls: ${CONTROL_NAMES.join(", ")}`);
});
