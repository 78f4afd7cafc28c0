// What a worker's filter refuses, no job of it can be given back: it has to allow all that any of them may, and all launches need.
import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS, parsePolicy, planSteps } from "@hutch/core";
import { syscallNumbers } from "@hutch/syscall";
import { planLaunch } from "../../src/plan.ts";
import { COMMAND_PROFILE } from "../../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../../src/policies/function-profile.ts";
import { WORKER_PROFILE } from "../../src/policies/worker-profile.ts";
import { ALLOW, type FilterRules, outcomeOf } from "../../src/seccomp/filter-rules.ts";
import { resolveProfile } from "../../src/seccomp/resolve-profile.ts";

const ARCHES = ["x86-64", "arm64"] as const;
const FILES = [
  { kind: "tmpfs", path: "/data" },
  { kind: "overlay", source: "/usr/share", path: "/over" },
  { kind: "content", path: "/file", content: "text" },
] as const;
const VALUES = [0n, 1n, 2n, 10n, 16n, 40n, 0x7e02_0000n, 0xffff_ffffn, 2n ** 64n - 1n];

function rulesOf(profile: typeof WORKER_PROFILE, arch: (typeof ARCHES)[number]): FilterRules {
  return resolveProfile(profile, { arch, kernel: [6, 1] });
}

describe.each(ARCHES)("a worker's profile on %s", (arch) => {
  const rules = rulesOf(WORKER_PROFILE, arch);
  const numbers = syscallNumbers(arch) as Readonly<Record<string, number>>;
  const allows = (of: FilterRules, number: number, ...args: bigint[]): boolean =>
    outcomeOf(of, { arch: of.auditArch, number, args: [...args, 0n, 0n, 0n, 0n] }) === ALLOW;

  test("allows whatever a command or a function may call", () => {
    for (const profile of [COMMAND_PROFILE, FUNCTION_PROFILE]) {
      const job = rulesOf(profile, arch);
      for (const number of Object.values(numbers))
        for (const first of VALUES)
          for (const second of VALUES)
            if (allows(job, number, first, second)) expect(allows(rules, number, first, second)).toBe(true);
    }
  });

  test("allows every step that its jobs are launched by", () => {
    for (const start of ["exec", "warm"] as const) {
      const request = {
        policy: parsePolicy({ files: FILES, terminal: true }),
        limits: DEFAULT_LIMITS,
        start,
        root: "inherit",
        privileged: false,
        ids: { uid: 4242, gid: 4343 },
        cgroups: 2,
        executables: ["/usr/bin/true"],
        descriptors: [0, 1, 2, 3],
      } as const;
      const host = { system: [], sources: new Map(), landlock: { abi: 7, refusal: "" } };
      for (const { call, args } of planSteps(planLaunch(request, { missing: [] }, host).plan)) {
        const given = args
          .slice(0, 2)
          .map((each) => (typeof each === "number" ? BigInt.asUintN(64, BigInt(each)) : 0n));
        expect([call, allows(rules, numbers[call] ?? -1, ...given)]).toEqual([call, true]);
      }
    }
  });

  test("refuses what neither does", () => {
    for (const name of ["add_key", "bpf", "io_uring_setup", "kcmp", "open_by_handle_at", "perf_event_open", "setns"])
      expect([name, allows(rules, numbers[name] ?? -1)]).toEqual([name, false]);
  });
});
