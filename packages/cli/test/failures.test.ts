import { describe, expect, test } from "bun:test";
import { HostError, JobError, SandboxRefusedError, type Verdict } from "hutch";
import { describeFailure } from "../src/failures.ts";
import { Interruption, outputClosed } from "../src/interruption.ts";
import { OutputFileError } from "../src/output-file-error.ts";
import { UsageError } from "../src/usage-error.ts";

const verdict: Verdict = {
  status: "failed",
  blame: "job",
  retry: "no",
  reason: "bad\u001b",
  exitCode: 0,
  signal: null,
  executeError: null,
};

describe("describeFailure", () => {
  test.each([
    [new UsageError("--x", ["do y"]), 2, "sandbox-cli: --x\n  do y\n"],
    [
      new TypeError("Cannot use limits.cpuMs = x: expected number"),
      2,
      "sandbox-cli: Cannot use limits.cpuMs = x: expected number\n",
    ],
    [
      new HostError("HOST_FAILURE", "Cannot fork", { hints: ["free memory"] }),
      125,
      "sandbox-cli: Cannot fork\n  free memory\n",
    ],
    [
      new SandboxRefusedError([{ name: "landlock", state: "unavailable", why: "no", fix: "enable it" }]),
      125,
      "sandbox-cli: Cannot start the sandbox: landlock (no)\n  enable it\n",
    ],
    [new JobError(verdict), 1, "sandbox-cli: failed: bad\\x1b\n"],
    [new OutputFileError("Cannot write"), 125, "sandbox-cli: Cannot write\n"],
    [new Interruption("SIGTERM", 143), 143, ""],
    [outputClosed(), 141, ""],
  ])("has the message and the status of %#", (error, exitStatus, text) => {
    expect(describeFailure(error)).toEqual({ exitStatus, text });
  });

  test("shows the stack of a bug and of nothing else", () => {
    for (const error of [
      new TypeError("undefined is not an object"),
      new RangeError("Invalid array length"),
      new Error("x"),
    ]) {
      const { exitStatus, text } = describeFailure(error);
      expect(exitStatus).toBe(125);
      expect(text).toContain("this is a bug of sandbox-cli, please report it");
      expect(text).toContain("failures.test.ts");
    }
  });
});
