import { describe, expect, test } from "bun:test";
import { type ControlReport, DEFAULT_LIMITS, type PlanRequest, type Policy, parsePolicy, type Step } from "@hutch/core";
import type { HostLayout } from "../src/host-layout.ts";
import { planLaunch } from "../src/plan.ts";

function plan(
  abi: number,
  policy: Partial<Policy> = {},
  change: Partial<PlanRequest> = {},
  missing: readonly ControlReport[] = [],
  modules?: string,
): {
  readonly steps: Step[];
  readonly state: string | undefined;
  readonly why: string | undefined;
  readonly fix?: string;
} {
  const host: HostLayout = {
    system: [],
    sources: new Map([
      ["/srv/file", { path: "/srv/file", kind: "file", identity: [1, 0, 8, 1] }],
      ["/srv/socket", { path: "/srv/socket", kind: "file", identity: [3, 0, 8, 1], socket: true }],
      ["/srv/data", { path: "/srv/data", kind: "folder", identity: [2, 0, 8, 1] }],
    ]),
    landlock: { abi, refusal: abi === 0 ? "EOPNOTSUPP" : "", ...(modules === undefined ? {} : { modules }) },
  };
  const request: PlanRequest = {
    policy: parsePolicy(policy),
    limits: DEFAULT_LIMITS,
    start: "exec",
    root: "build",
    privileged: false,
    ids: { uid: 4242, gid: 4242 },
    cgroups: 0,
    executables: ["/usr/bin/true"],
    descriptors: [0, 1, 2],
    ...change,
  };
  const { plan: launch, controls } = planLaunch(request, { missing }, host);
  const control = controls.find(({ name }) => name === "landlock");
  return {
    steps: launch.inner.filter(({ name }) => ["make ruleset", "add rule", "restrict self"].includes(name)),
    state: control?.state,
    why: control?.why,
    ...(control?.fix === undefined ? {} : { fix: control.fix }),
  };
}

const words = (step: Step | undefined, index: number): number[] => {
  const argument = step?.args[index];
  if (typeof argument !== "object" || !("bytes" in argument)) return [];
  return [...new BigUint64Array(argument.bytes.slice().buffer, 0, Math.floor(argument.bytes.byteLength / 8))].map(
    Number,
  );
};
const ruleset = (steps: readonly Step[]): number[] =>
  words(
    steps.find(({ call }) => call === "landlock_create_ruleset"),
    0,
  );
const rights = (steps: readonly Step[], detail: string): number =>
  words(
    steps.find((step) => step.call === "landlock_add_rule" && step.detail === detail),
    2,
  )[0] ?? 0;

describe("planLandlock", () => {
  // landlock(7): rights on files, on TCP ports, scopes, in the order of the structure, and as long as the ABI knows it.
  test.each([
    [1, [0x1fff]],
    [2, [0x3fff]],
    [3, [0x7fff]],
    [4, [0x7fff, 0]],
    [5, [0xffff, 0]],
    [6, [0xffff, 0, 3]],
    [7, [0xffff, 0, 3]],
    [8, [0xffff, 0, 3]],
    [9, [0x1ffff, 0, 3]],
  ] as const)("ABI %i handles all that it knows of files and scopes", (abi, expected) => {
    const { steps, state } = plan(abi);
    expect(ruleset(steps)).toEqual([...expected]);
    expect(state).toBe("enforced");
    expect(steps.at(-1)?.args[1]).toBe(abi >= 7 ? 5 : 0);
  });

  test("a rule never gives what its ruleset does not handle, and nobody gets device nodes", () => {
    const files = [
      { kind: "read-write", source: "/srv/data", path: "/data" },
      { kind: "read-write", source: "/srv/file", path: "/file" },
      { kind: "tmpfs", path: "/own" },
      { kind: "overlay", source: "/srv/data", path: "/over" },
      { kind: "read-only", source: "/srv/data", path: "/seen" },
    ] as const;
    for (let abi = 1; abi <= 9; abi += 1) {
      const { steps } = plan(abi, { files, terminal: true });
      const [handled = 0] = ruleset(steps);
      const all = steps.filter(({ call }) => call === "landlock_add_rule");
      for (const rule of all) expect((words(rule, 2)[0] ?? 0) & ~handled).toBe(0);
      for (const rule of all) expect((words(rule, 2)[0] ?? 0) & 0x840).toBe(0);
      expect(rights(steps, "/data")).toBe(rights(steps, "/tmp"));
      expect(rights(steps, "/own")).toBe(rights(steps, "/over"));
      // Of a file the kernel takes five rights at most.
      expect(rights(steps, "/file") & ~0xc007).toBe(0);
      expect(all.map(({ detail }) => detail)).not.toContain("/seen");
      expect(rights(steps, "/") & 0x2).toBe(0);
    }
  });

  test("from ABI 9 on a socket that the policy names may be connected to, and none in a folder that it shows", () => {
    const files = [
      { kind: "read-only", source: "/srv/socket", path: "/run/socket" },
      { kind: "read-write", source: "/srv/data", path: "/data" },
    ] as const;
    const RESOLVE_UNIX = 0x10000;
    const { steps, why } = plan(9, { files });
    expect(rights(steps, "/run/socket")).toBe(RESOLVE_UNIX);
    for (const path of ["/", "/tmp", "/data"]) expect(rights(steps, path) & RESOLVE_UNIX).toBe(0);
    expect(why).toContain("no Unix socket but the job's own and the policy's");
    expect(plan(8, { files }).steps.map(({ detail }) => detail)).not.toContain("/run/socket");
    expect(plan(8, { files }).why).not.toContain("Unix socket");
  });

  test("every rule's file is descriptor 1, and the ruleset is 0", () => {
    const { steps } = plan(7);
    expect(steps.map(({ call }) => call).slice(0, 5)).toEqual([
      "close_range",
      "landlock_create_ruleset",
      "openat",
      "landlock_add_rule",
      "close",
    ]);
    for (const { call, args } of steps) {
      if (call === "landlock_add_rule" || call === "landlock_restrict_self") expect(args[0]).toBe(0);
      if (call === "close") expect(args[0]).toBe(1);
    }
  });

  test("ports of policy.tcp, one rule each, with both rights where both are given", () => {
    const { steps } = plan(4, { tcp: { connect: [443, 80], bind: [80] } });
    expect(ruleset(steps)[1]).toBe(3);
    expect(["TCP port 80", "TCP port 443"].map((detail) => rights(steps, detail))).toEqual([3, 2]);
    expect(plan(3, { tcp: { connect: [], bind: [] } })).toMatchObject({ state: "unavailable" });
  });

  test("a worker may mount: no rules on files, and where there is nothing else to hold, no ruleset", () => {
    expect(ruleset(plan(7, {}, { launchesJobs: true }).steps)).toEqual([0, 0, 3]);
    for (const abi of [1, 2, 3, 4, 5])
      expect(plan(abi, {}, { launchesJobs: true })).toMatchObject({ steps: [], state: "off" });
    expect(plan(0, {}, { launchesJobs: true })).toMatchObject({ steps: [], state: "unavailable" });
  });

  test("what the probe found missing is no worker's choice", () => {
    for (const launchesJobs of [true, false])
      expect(plan(7, {}, { launchesJobs }, [{ name: "landlock", state: "unavailable", why: "EPERM" }])).toEqual({
        steps: [],
        state: "unavailable",
        why: "EPERM",
      });
  });

  test("without landlock there are no steps, and the report says why", () => {
    const why = "landlock is switched off on this machine";
    const fix = "boot with landlock in the kernel's lsm= parameter";
    expect(plan(0)).toEqual({ steps: [], state: "unavailable", why, fix });
    const list = "lockdown,capability,yama";
    expect(plan(0, {}, {}, [], list)).toMatchObject({ why, fix: `${fix}: lsm=landlock,${list}` });
  });
});
