import { describe, expect, test } from "bun:test";
import {
  CONTROL_NAMES,
  type ControlName,
  DEFAULT_LIMITS,
  type LaunchPlan,
  type PlannedLaunch,
  type PlanRequest,
  parsePolicy,
  planSteps,
  type Step,
} from "@hutch/core";
import { CLONE } from "@hutch/syscall";
import { checkPolicy } from "../src/check-policy.ts";
import type { HostLayout } from "../src/host-layout.ts";
import { ORDER } from "../src/order.ts";
import { planLaunch } from "../src/plan.ts";
import STEP_NAMES from "./step-names.json" with { type: "json" };

const HOST: HostLayout = {
  system: [
    { kind: "folder", path: "/usr", source: "/usr" },
    { kind: "symlink", path: "/bin", target: "usr/bin" },
    { kind: "file", path: "/etc/ld.so.cache", source: "/etc/ld.so.cache" },
  ],
  sources: new Map([
    ["/srv/data", { path: "/srv/data", kind: "folder", identity: [1, 0, 8, 1] }],
    ["model.bin", { path: "/home/me/model.bin", kind: "file", identity: [2, 0, 8, 1] }],
  ]),
  landlock: { abi: 7, refusal: "" },
};

function plan(
  change: Partial<PlanRequest> = {},
  missing: readonly ControlName[] = [],
  host: HostLayout = HOST,
): PlannedLaunch {
  const start = change.start ?? "exec";
  const request: PlanRequest = {
    policy: parsePolicy(),
    limits: DEFAULT_LIMITS,
    start,
    root: "build",
    privileged: false,
    ids: { uid: 4242, gid: 4343 },
    cgroups: 0,
    executables: start === "exec" ? ["/usr/bin/true", "/bin/true"] : [],
    descriptors: [0, 1, 2],
    ...change,
  };
  return planLaunch(
    request,
    { missing: missing.map((name) => ({ name, state: "unavailable", why: "the test says so" })) },
    host,
  );
}

const SHAPES = (["exec", "warm"] as const).flatMap((start) =>
  (["build", "inherit"] as const).flatMap((root) => [true, false].map((privileged) => ({ start, root, privileged }))),
);
const title = ({ start, root, privileged }: (typeof SHAPES)[number]): string =>
  `${start}, ${root}, ${privileged ? "root" : "unprivileged"}`;
const index = (steps: readonly Step[], match: (step: Step) => boolean): number => steps.findIndex(match);
const lastIndex = (steps: readonly Step[], match: (step: Step) => boolean): number => steps.findLastIndex(match);
/** Consecutive steps of one name count once. */
const names = (steps: readonly Step[]): string[] =>
  steps.map((step) => step.name).filter((name, at, all) => name !== all[at - 1]);
const needsPrivilege = ({ call }: Step): boolean =>
  [
    "mount",
    "mount_setattr",
    "umount2",
    "pivot_root",
    "unshare",
    "sethostname",
    "setdomainname",
    "setgroups",
    "setresuid",
    "setresgid",
    "ioctl",
  ].includes(call);

describe("planLaunch", () => {
  for (const shape of SHAPES) {
    test(`keeps its order of steps (${title(shape)})`, () => {
      const { outer, inner, handover } = plan(shape).plan;
      // What changes here is a change of the sandbox: look at it, then write it into step-names.json.
      const found: Record<string, string[]> = { outer: names(outer), inner: names(inner), handover: names(handover) };
      expect(found).toEqual((STEP_NAMES as Record<string, Record<string, string[]>>)[title(shape)] ?? {});
    });

    test(`gives a reason for every step (${title(shape)})`, () => {
      for (const step of planSteps(plan(shape).plan)) expect(step.why.length).toBeGreaterThan(5);
    });

    test(`needs no right after the capabilities are gone (${title(shape)})`, () => {
      const { inner } = plan(shape).plan;
      const dropped = index(inner, (step) => step.name === "drop capabilities");
      const nnp = index(inner, (step) => step.name === "no new privileges");
      expect(lastIndex(inner, needsPrivilege)).toBeLessThan(dropped);
      expect(lastIndex(inner, (step) => step.name === "drop capabilities")).toBeLessThan(nnp);
    });

    test(`opens nothing once descriptors are placed (${title(shape)})`, () => {
      const { inner } = plan(shape).plan;
      const closed = lastIndex(inner, (step) => step.call === "close_range");
      const opens = ["openat", "socket", "open_tree", "fsopen", "memfd_create"];
      expect(inner.slice(closed).filter((step) => opens.includes(step.call))).toEqual([]);
      expect(closed).toBeGreaterThan(0);
    });
  }

  test("a worker needs no landlock that its kernel lacks, its jobs have rules of their own from the first one on", () => {
    for (const abi of [1, 2, 3, 4, 5, 6, 7]) {
      const host: HostLayout = { ...HOST, landlock: { abi, refusal: "" } };
      const state = (request: Partial<PlanRequest>): string | undefined =>
        plan(request, [], host).controls.find(({ name }) => name === "landlock")?.state;
      expect([abi, state({ launchesJobs: true })]).toEqual([abi, abi < 6 ? "off" : "enforced"]);
      expect([abi, state({ start: "warm", root: "inherit" })]).toEqual([abi, "enforced"]);
    }
  });

  test("maps exactly one user and one group, and never root's ids outside", () => {
    const writes = planSteps(plan().plan).filter((step) => step.name.startsWith("write ") && step.call === "write");
    const texts = writes.map((step) => new TextDecoder().decode((step.args[1] as { bytes: Uint8Array }).bytes));
    expect(texts).toEqual(["1000 4242 1\n", "1000 4343 1\n"]);
    expect(() => plan({ privileged: true, ids: { uid: 0, gid: 5 } })).toThrow("must not have root's ids");
  });

  test("makes the user namespace with the clone, but as real root last, after the ids were dropped", () => {
    expect(plan().plan.cloneFlags & CLONE.NEWUSER).toBe(CLONE.NEWUSER);
    const root = plan({ privileged: true }).plan;
    expect(root.cloneFlags & CLONE.NEWUSER).toBe(0);
    const steps = names(root.inner);
    expect(steps.indexOf("make user namespace")).toBeGreaterThan(steps.indexOf("drop to host ids"));
    expect(root.outer.some((step) => step.name === "make user namespace")).toBe(false);
  });

  test("joins cgroups before anything else in process 2 and hides the rest of the tree after that", () => {
    const { inner } = plan({ cgroups: 2 }).plan;
    expect(inner.slice(0, 3).map((step) => step.name)).toEqual(["join cgroup", "join cgroup", "make cgroup namespace"]);
    expect(plan({ cgroups: 2 }).plan.cloneFlags & CLONE.NEWCGROUP).toBe(0);
    expect(plan().plan.cloneFlags & CLONE.NEWCGROUP).toBe(CLONE.NEWCGROUP);
  });

  test("limits processes and data per process only where no cgroup does", () => {
    const limits = (result: PlannedLaunch): (string | undefined)[] =>
      result.plan.inner.filter((step) => step.call === "setrlimit").map((step) => step.detail);
    expect(limits(plan())).toContain("processes");
    expect(limits(plan({ cgroups: 3 }))).not.toContain("processes");
    expect(limits(plan({ start: "warm" }))).not.toContain("data");
  });

  test("sets read-only on the system's binds in a step of its own, since the bind itself ignores it", () => {
    const { outer } = plan().plan;
    expect(outer[index(outer, (step) => step.detail === "/usr at /usr") + 1]?.name).toBe("mount read-only");
  });

  test("shows a source only after it was compared with the one that was checked, and with its flags set", () => {
    const policy = parsePolicy({
      files: [
        { kind: "read-only", source: "model.bin", path: "/models/m.bin" },
        { kind: "read-write", source: "/srv/data", path: "/data" },
      ],
    });
    const { outer } = plan({ policy }).plan;
    for (const source of ["/home/me/model.bin", "/srv/data"]) {
      const calls = outer.filter((step) => step.detail === source).map(({ call }) => call);
      expect(calls).toEqual([
        "openat2",
        "statx",
        "futex",
        "futex",
        "futex",
        "futex",
        "open_tree",
        "mount_setattr",
        "close",
      ]);
      const last = lastIndex(outer, (step) => step.detail === source);
      expect(index(outer, (step) => step.detail?.startsWith(`${source} at `) === true)).toBeGreaterThan(last);
    }
    expect(outer.some((step) => step.name === "make file" && step.detail === "/models/m.bin")).toBe(true);
  });

  test("mounts /proc before the old root goes, and makes the new root read-only last", () => {
    const steps = plan().plan.outer;
    expect(index(steps, (step) => step.name === "mount proc")).toBeLessThan(
      index(steps, (step) => step.name === "detach old root"),
    );
    const readOnly = lastIndex(steps, (step) => step.name === "mount read-only");
    expect(steps[readOnly]?.detail).toBe("/");
    expect(
      steps.slice(readOnly + 1).some((step) => ["mkdirat", "mknodat", "symlinkat", "mount"].includes(step.call)),
    ).toBe(false);
  });

  test("resets signal handlers for a program and keeps them for a copy of the worker", () => {
    const resets = (start: "exec" | "warm"): number =>
      plan({ start }).plan.inner.filter((step) => step.name === "reset signal handlers").length;
    expect([resets("exec"), resets("warm")]).toEqual([1, 0]);
  });

  test("tries every candidate, tolerating only a missing file on all but the last", () => {
    const tries = plan().plan.inner.filter((step) => step.name === "execute");
    expect(tries.map((step) => [step.detail, step.allow])).toEqual([
      ["/usr/bin/true", 2],
      ["/bin/true", undefined],
    ]);
    expect(plan().plan.inner.at(-1)?.name).toBe("execute");
  });

  test("keeps a capability that the job lacks in init until its execve", () => {
    expect(names(plan().plan.handover)).toEqual([
      "drop capabilities",
      "close descriptors",
      "set descriptor",
      "become init",
    ]);
  });

  test("leaves out the network namespace and loopback when the policy gives the host's network", () => {
    const host = plan({ policy: parsePolicy({ network: "host" }) });
    expect(host.plan.cloneFlags & CLONE.NEWNET).toBe(0);
    expect(host.plan.outer.some((step) => step.name === "bring loopback up")).toBe(false);
    expect(host.controls.find((control) => control.name === "net-namespace")?.state).toBe("off");
  });

  test("reports every control once, in order, and never what is missing as enforced", () => {
    const { controls, plan: weak } = plan({}, ["net-namespace", "capabilities"]);
    expect(controls.map((control) => control.name)).toEqual([...CONTROL_NAMES]);
    expect(controls.find((control) => control.name === "net-namespace")?.state).toBe("unavailable");
    expect(controls.find((control) => control.name === "capabilities")?.state).toBe("unavailable");
    expect(weak.cloneFlags & CLONE.NEWNET).toBe(0);
    expect(weak.inner.some((step) => step.name === "drop capabilities")).toBe(false);
    expect(controls.find((control) => control.name === "seccomp")).toEqual({
      name: "seccomp",
      state: "enforced",
      why: expect.stringMatching(/^profile of commands, \d+ instructions$/),
    });
  });

  test("refuses where process 1 or its namespaces cannot be", () => {
    expect(() => plan({}, ["pid-namespace"])).toThrow("Cannot start the sandbox: pid-namespace");
    expect(() => plan({}, ["init"])).toThrow("Cannot start the sandbox: init");
  });

  test("refuses what a plan cannot express", () => {
    const files = [{ kind: "content", path: "/tmp/a/b", content: "x" }] as const;
    expect(() => checkPolicy(parsePolicy({ files }), "pool")).toThrow(
      'at "/tmp/a/b" of policy.files: every job of a pool has a "/tmp" of its own',
    );
    expect(() => plan({ policy: parsePolicy({ files: [{ kind: "tmpfs", path: "/./" }] }) })).toThrow(
      'Cannot use "tmpfs" at "/./"',
    );
    expect(() => plan({ descriptors: [0, 1, 2, 3, 4, 5, 6, 7, 8] })).toThrow("Cannot give the job 9 descriptors");
  });

  test.each(["/", "//", "/usr/..", "/proc/self/root"])("refuse the host's own root as %s", (root) => {
    for (const use of ["command", "pool"] as const)
      expect(() => checkPolicy(parsePolicy({ root }), use)).toThrow(
        `Cannot use policy.root = "${root}": that is the host's own root`,
      );
  });

  test("makes a folder once, and again below a mount that covered it", () => {
    const files = [
      { kind: "tmpfs", path: "/data" },
      { kind: "content", path: "/data/a/one", content: "1" },
      { kind: "content", path: "/data/a/two", content: "2" },
      { kind: "tmpfs", path: "/data" },
      { kind: "content", path: "/data/a/three", content: "3" },
    ] as const;
    const made = (of: LaunchPlan): number =>
      of.outer.filter((step) => step.name === "make folder" && step.detail === "/data/a").length;
    expect(made(plan({ policy: parsePolicy({ files }) }).plan)).toBe(2);
  });
});

describe("ORDER", () => {
  test("gives a reason for every part and names each once", () => {
    const parts = [...ORDER.outer, ...ORDER.inner, ...ORDER.handover];
    for (const { why } of parts) expect(why.length).toBeGreaterThan(10);
    expect(new Set(parts.map(({ part }) => part)).size).toBe(parts.length);
  });
});
