import { describe, expect, test } from "bun:test";
import { decideVerdict } from "@hutch/core";
import { sampleEvidence } from "@hutch/core/testing";
import { mayRetry } from "../src/retry.ts";

describe("mayRetry()", () => {
  test.each([
    ["no", 0, 5, false],
    ["once", 0, 0, false],
    ["once", 0, 5, true],
    ["once", 1, 5, false],
    ["yes", 0, 0, false],
    ["yes", 4, 5, true],
    ["yes", 5, 5, false],
  ] as const)("%s after %i of %i: %p", (retry, made, retries, expected) => {
    expect(mayRetry({ retry }, made, retries)).toBe(expected);
  });

  test("never for a verdict that blames the job, and never after an end that was well", () => {
    const ends = [
      sampleEvidence(),
      sampleEvidence({ exit: { kind: "exited", code: 1 }, response: { kind: "none" } }),
      sampleEvidence({ killed: "cpu-limit" }),
      sampleEvidence({ killed: "wall-limit" }),
      sampleEvidence({ killed: "memory-limit" }),
      sampleEvidence({ exit: { kind: "violated", call: "kexec_load" } }),
    ].map(decideVerdict);
    for (const verdict of ends) {
      expect(["none", "job"]).toContain(verdict.blame);
      expect(mayRetry(verdict, 0, 100)).toBe(false);
    }
    const lost = decideVerdict(sampleEvidence({ exit: { kind: "unknown" } }));
    expect(mayRetry(lost, 0, 100)).toBe(true);
  });
});
