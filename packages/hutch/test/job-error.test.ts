import { describe, expect, test } from "bun:test";
import { rebuildError } from "../src/job-error.ts";

describe("rebuildError()", () => {
  test("is a plain error with the job's words", () => {
    const error = rebuildError({ name: "Odd", message: "no", stack: "Odd: no\n    at f (/app/a.ts:1:2)" });
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype);
    expect([error.name, error.message, error.stack]).toEqual(["Odd", "no", "Odd: no\n    at f (/app/a.ts:1:2)"]);
  });

  test("has at most a hundred lines of stack", () => {
    const stack = Array.from({ length: 1000 }, (_, line) => `    at f (/app/a.ts:${line}:1)`).join("\n");
    expect(rebuildError({ name: "Error", message: "deep", stack }).stack?.split("\n")).toHaveLength(100);
  });

  test("shows no line of ours, also where the job sent no frames", () => {
    for (const stack of ["", "Odd: no", "Odd: no\n    at f (/app/a.ts:1:2)"]) {
      const shown = Bun.inspect(rebuildError({ name: "Odd", message: "no", stack }));
      expect(shown).toContain("Odd: no");
      expect(shown).not.toContain("job-error");
    }
  });

  test("leaves the program's own errors their frames", () => {
    const limit = Error.stackTraceLimit;
    rebuildError({ name: "Error", message: "no", stack: "" });
    expect(Error.stackTraceLimit).toBe(limit);
    expect(new Error("own").stack).toContain("job-error.test.ts");
  });
});
