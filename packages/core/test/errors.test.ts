import { describe, expect, test } from "bun:test";
import { decideVerdict, HostError, isHutchError, JobError, missingControls, SandboxRefusedError } from "@hutch/core";
import { sampleEvidence, sampleReport } from "@hutch/core/testing";

describe("isHutchError()", () => {
  test("knows every error of Hutch, also of another copy of the package, and nothing else", () => {
    const verdict = decideVerdict(sampleEvidence());
    for (const error of [new HostError("HOST_FAILURE", "x"), new SandboxRefusedError([]), new JobError(verdict)])
      expect(isHutchError(error)).toBe(true);
    expect(isHutchError(Object.assign(new Error("x"), { [Symbol.for("hutch.error")]: true }))).toBe(true);
    for (const other of [null, undefined, 1, "x", {}, new Error("x"), { code: "HOST_FAILURE" }])
      expect(isHutchError(other)).toBe(false);
  });
});

describe("JobError", () => {
  test("names the verdict and keeps the job's own error as its cause", () => {
    const cause = new TypeError("bad");
    const error = new JobError(
      decideVerdict(sampleEvidence({ response: { kind: "error", name: "TypeError", message: "bad" } })),
      cause,
    );
    expect([error.name, error.message, error.code, error.verdict.status, error.cause]).toEqual([
      "JobError",
      "failed: TypeError: bad",
      "JOB_FAILED",
      "failed",
      cause,
    ]);
    expect(Object.keys(error)).not.toContain("Symbol(hutch.error)");
    expect("cause" in new JobError(error.verdict)).toBe(false);
  });
});

describe("SandboxRefusedError", () => {
  test("lists what is missing, why, and what helps", () => {
    const { controls } = sampleReport().isolation;
    const missing = missingControls(controls, []);
    const error = new SandboxRefusedError(missing);
    expect(error.message).toBe("Cannot start the sandbox: landlock (the kernel has no landlock)");
    expect(error.hints).toEqual(["boot with lsm=landlock"]);
    expect(missingControls(controls, ["landlock"])).toEqual([]);
  });
});
