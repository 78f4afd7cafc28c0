import { expect, test } from "bun:test";
import { decideVerdict, HostError, JobError, type KillCause } from "@hutch/core";
import { sampleEvidence } from "@hutch/core/testing";
import { Failures } from "../../src/store/failures.ts";

const PATIENCE = { coolDownMs: 100, tries: 3 };

function jobError(killed: KillCause): JobError {
  return new JobError(decideVerdict(sampleEvidence({ killed, response: { kind: "missing" } })));
}

/** Whether it would be tried at that time. */
function tried(failures: Failures, key: string, nowMs: number): boolean {
  try {
    failures.refuse(key, nowMs);
    return true;
  } catch {
    return false;
  }
}

test("a failure that is the job's own fault is final for the same work, and for no other", () => {
  const failures = new Failures(PATIENCE);
  const error = jobError("memory-limit");
  failures.note("a", error, 0);
  expect(() => failures.refuse("a", Number.MAX_SAFE_INTEGER)).toThrow(error);
  expect(tried(failures, "a under other limits", 0)).toBe(true);
});

test("a failure of ours, or of nobody known, is tried again after the cool-down, twice as long each time and so many times", () => {
  for (const error of [jobError("worker-died"), jobError("host-failure"), new HostError("HOST_FAILURE", "full")]) {
    const failures = new Failures(PATIENCE);
    failures.note("a", error, 0);
    expect([99, 100].map((nowMs) => tried(failures, "a", nowMs))).toEqual([false, true]);
    failures.note("a", error, 100);
    expect([299, 300].map((nowMs) => tried(failures, "a", nowMs))).toEqual([false, true]);
    failures.note("a", error, 300);
    expect(tried(failures, "a", Number.MAX_SAFE_INTEGER)).toBe(false);
    failures.forget("a");
    expect(tried(failures, "a", 0)).toBe(true);
  }
});

test("what is of the caller alone is not remembered", () => {
  const failures = new Failures(PATIENCE);
  const codes = ["POOL_CLOSED", "QUEUE_FULL", "DEADLINE_PASSED"] as const;
  const errors = [...codes.map((code) => new HostError(code, "")), new TypeError("wrong"), new DOMException("aborted")];
  for (const error of errors) failures.note("a", error, 0);
  expect(tried(failures, "a", 0)).toBe(true);
});

test("no more than a thousand are remembered, the latest ones", () => {
  const failures = new Failures(PATIENCE);
  for (let index = 0; index <= 1000; index++) failures.note(String(index), jobError("cpu-limit"), 0);
  expect([0, 1, 1000].map((index) => tried(failures, String(index), 0))).toEqual([true, false, false]);
});
