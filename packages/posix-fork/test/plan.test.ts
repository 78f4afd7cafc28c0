import { describe, expect, test } from "bun:test";
import { CONTROL_NAMES, DEFAULT_LIMITS, type PlanRequest, parsePolicy } from "@hutch/core";
import { planLaunch } from "../src/plan.ts";

/** Calls of POSIX.1-2024 by their Linux names. */
const POSIX = new Set([
  "setsid",
  "umask",
  "chdir",
  "fcntl",
  "dup3",
  "close",
  "setrlimit",
  "rt_sigaction",
  "rt_sigprocmask",
  "setgid",
  "setuid",
  "execve",
]);

const request = (change: Partial<PlanRequest> = {}): PlanRequest => ({
  policy: parsePolicy(),
  limits: DEFAULT_LIMITS,
  start: "exec",
  root: "build",
  privileged: false,
  ids: { uid: 4242, gid: 4242 },
  cgroups: 0,
  executables: ["/usr/bin/true"],
  descriptors: [0, 1, 2],
  ...change,
});

describe("planLaunch", () => {
  for (const start of ["exec", "warm"] as const) {
    test(`uses POSIX calls only (${start})`, () => {
      const { plan } = planLaunch(request({ start }));
      expect(plan.inner.map((step) => step.call).filter((call) => !POSIX.has(call))).toEqual([]);
    });
  }

  test("adds setgroups and prctl for root and nothing else", () => {
    const { plan } = planLaunch(request({ privileged: true }));
    expect(plan.inner.map((step) => step.call).filter((call) => !POSIX.has(call))).toEqual(["setgroups", "prctl"]);
  });

  test("makes neither process 1 nor namespaces", () => {
    const { plan } = planLaunch(request());
    expect([plan.cloneFlags, plan.outer, plan.handover]).toEqual([0, [], []]);
  });

  test("gives a reason for every step", () => {
    for (const step of planLaunch(request({ privileged: true })).plan.inner) expect(step.why).not.toBe("");
  });

  test("says of every isolating control that it is unavailable", () => {
    const { controls } = planLaunch(request());
    expect(controls.map((control) => control.name)).toEqual([...CONTROL_NAMES]);
    for (const name of [
      "user-namespace",
      "mount-namespace",
      "pid-namespace",
      "net-namespace",
      "private-root",
      "init",
      "capabilities",
      "process-limit",
    ]) {
      const control = controls.find((entry) => entry.name === name);
      expect(control?.state).toBe("unavailable");
      expect(control?.why).toContain("isolates nothing");
    }
  });

  test("tries every candidate and tolerates only a missing file on all but the last", () => {
    const { plan } = planLaunch(request({ executables: ["/a/true", "/b/true"] }));
    expect(plan.inner.filter((step) => step.name === "execute").map((step) => step.allow)).toEqual([2, undefined]);
  });

  test("refuses more descriptors than it can carry", () => {
    expect(() => planLaunch(request({ descriptors: [0, 1, 2, 3, 4, 5, 6, 7, 8] }))).toThrow(
      "Cannot give the job 9 descriptors",
    );
  });
});
