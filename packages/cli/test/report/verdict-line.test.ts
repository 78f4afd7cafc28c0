import { describe, expect, test } from "bun:test";
import { styleFor } from "../../src/report/style.ts";
import { errorStack, verdictLine } from "../../src/report/verdict-line.ts";

const plain = await styleFor(2, { NO_COLOR: "1" });
const verdict = {
  status: "cpu-limit",
  blame: "job",
  reason: "it used 2003 ms of CPU time, 2000 are allowed",
} as const;

describe("verdictLine", () => {
  test("is one line with status and reason", () => {
    expect(verdictLine(verdict, plain)).toBe("sandbox-cli: cpu-limit: it used 2003 ms of CPU time, 2000 are allowed\n");
  });

  test("stays one line of bounded length, whatever a job puts into its error", () => {
    const line = verdictLine(
      { ...verdict, status: "failed", reason: `a\nb\u001b]0;title\u0007${"x".repeat(100_000)}` },
      plain,
    );
    expect(line).toStartWith("sandbox-cli: failed: a\\nb\\x1b]0;title\\x07xxx");
    expect(line.length).toBeLessThan(2_100);
    expect(line.split("\n").length).toBe(2);
  });

  test("says our words in place of the reason, and hints below it", () => {
    const line = verdictLine({ ...verdict, status: "failed" }, plain, ["not\nthere", "give \u001bit"]);
    expect(line).toBe("sandbox-cli: failed: not\\nthere\n  give \\x1bit\n");
  });

  test("has colours when they are wanted", async () => {
    expect(verdictLine(verdict, await styleFor(2, { FORCE_COLOR: "1" }))).toContain("\u001b[31mcpu-limit");
  });
});

test("errorStack() has the frames alone", () => {
  const error = new Error("x");
  error.stack = "Error: x\n    at f (/app/task.ts:1:2)\nnot a frame\n    at \u001bg (/app/task.ts:3:4)";
  expect(errorStack(error)).toBe("    at f (/app/task.ts:1:2)\n    at \\x1bg (/app/task.ts:3:4)\n");
  expect(errorStack(undefined)).toBe("");
});
