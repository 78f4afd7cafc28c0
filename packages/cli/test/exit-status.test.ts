import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { VERDICT_STATUSES } from "hutch";
import { exitStatus, signalStatus } from "../src/exit-status.ts";

const none = { exitCode: null, signal: null, executeError: null };

describe("exitStatus", () => {
  test.each([
    [{ ...none, status: "ok", exitCode: 0 }, 0],
    [{ ...none, status: "failed", exitCode: 3 }, 3],
    [{ ...none, status: "failed", exitCode: 125 }, 125],
    [{ ...none, status: "failed", exitCode: 255 }, 255],
    [{ ...none, status: "failed", exitCode: 0 }, 1],
    [{ ...none, status: "failed", executeError: "ENOENT" }, 127],
    [{ ...none, status: "failed", executeError: "EACCES" }, 126],
    [{ ...none, status: "failed", executeError: "ENOEXEC" }, 126],
    [{ ...none, status: "failed", executeError: "ELOOP" }, 126],
    [{ ...none, status: "cpu-limit", signal: "SIGKILL" }, 124],
    [{ ...none, status: "cpu-limit", exitCode: 0 }, 124],
    [{ ...none, status: "wall-limit", signal: "SIGKILL" }, 124],
    [{ ...none, status: "memory-limit", signal: "SIGKILL" }, 137],
    [{ ...none, status: "output-limit", signal: "SIGKILL" }, 137],
    [{ ...none, status: "process-limit", exitCode: 1 }, 137],
    [{ ...none, status: "disk-limit", signal: "SIGXFSZ" }, 137],
    [{ ...none, status: "signaled", signal: "SIGSEGV" }, 139],
    [{ ...none, status: "signaled", signal: "SIGABRT" }, 134],
    [{ ...none, status: "signaled", signal: "SIGKILL" }, 137],
    [{ ...none, status: "violation", signal: "SIGSYS" }, 159],
    [{ ...none, status: "invalid-payload", exitCode: 0 }, 1],
    [{ ...none, status: "invalid-response", exitCode: 0 }, 1],
    [{ ...none, status: "invalid-response", exitCode: 7 }, 7],
    [{ ...none, status: "invalid-artifact" }, 125],
    [{ ...none, status: "worker-died" }, 125],
    [{ ...none, status: "internal" }, 125],
  ] as const)("%j is %d", (end, status) => {
    expect(exitStatus(end)).toBe(status);
  });

  const ends = fc.record({
    status: fc.constantFrom(...VERDICT_STATUSES),
    exitCode: fc.option(fc.integer({ min: 0, max: 255 })),
    signal: fc.option(fc.constantFrom("SIGKILL", "SIGSEGV", "SIGSYS", "SIGRTMIN+2", "SIG99")),
    executeError: fc.option(fc.constantFrom("ENOENT", "EACCES", "ENOEXEC")),
  });

  test("is 0 for ok and for nothing else, and always fits an exit status", () => {
    fc.assert(
      fc.property(ends, (end) => {
        const status = exitStatus(end);
        expect(Number.isInteger(status) && status >= 0 && status <= 255).toBe(true);
        expect(status === 0).toBe(end.status === "ok");
      }),
    );
  });

  test("is 125 only for our failures, unless the job itself exited with 125", () => {
    fc.assert(
      fc.property(ends, (end) => {
        if (exitStatus(end) !== 125) return;
        expect(["internal", "worker-died", "invalid-artifact"].includes(end.status) || end.exitCode === 125).toBe(true);
      }),
    );
  });
});

test.each([
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGPIPE", 141],
  ["SIGTERM", 143],
  ["SIGRTMIN+0", 162],
  ["SIGRTMIN+30", 192],
  ["SIG33", 161],
] as const)("signalStatus(%p) is %d", (name, status) => {
  expect(signalStatus(name)).toBe(status);
});
