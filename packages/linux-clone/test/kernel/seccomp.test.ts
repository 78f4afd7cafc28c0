// The filter in the kernel against the rules that it was made from: a child installs it and makes calls, and each has the
// outcome that the rules say. And the launched sandbox: what the profile refuses is refused there.
import { describe, expect, test } from "bun:test";
import { type Arch, arch, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../../src/policies/function-profile.ts";
import { ALLOW, KILL, outcomeOf } from "../../src/seccomp/filter-rules.ts";
import { resolveProfile } from "../../src/seccomp/resolve-profile.ts";
import { sh } from "../sandbox.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const CALLER = new URL("../jobs/calls-under-filter.ts", import.meta.url).pathname;
const HERE: Arch = arch();
const BAD = -1n;

/** Calls that end, wait for or stop the process that makes them, or are needed to tell what came out. */
const NOT_TRIED: ReadonlySet<string> = new Set([
  "exit",
  "exit_group",
  "rt_sigreturn",
  "pause",
  "rt_sigsuspend",
  "vfork",
  "fork",
  "clone",
  "restart_syscall",
  "poll",
  "select",
  "ppoll",
  "pselect6",
  "wait4",
  "waitid",
  "write",
  "sched_yield",
  "munmap",
  "mmap",
  "brk",
  "mremap",
  "mprotect",
  "arch_prctl",
  "close_range",
  "close",
  "rt_sigprocmask",
  "rt_sigaction",
  "set_tid_address",
  "setsid",
  "futex",
  "kill",
  "tkill",
  "tgkill",
  "sync",
  "munlockall",
  "pkey_mprotect",
  "set_robust_list",
  "rseq",
  "alarm",
  "map_shadow_stack",
  "uretprobe",
  "uprobe",
  "seccomp",
  "prctl",
  "sigaltstack",
  "vhangup",
  "umask",
  "shmdt",
]);

interface Result {
  readonly name: string;
  readonly errno: number;
}

function callUnder(profile: "command" | "function" | "off", names: readonly string[]): readonly Result[] {
  const child = Bun.spawnSync([process.execPath, "--conditions=hutch-source", CALLER, profile, names.join(",")]);
  if (child.exitCode !== 0) throw new Error(`the caller ended with ${child.exitCode}: ${child.stderr.toString()}`);
  return JSON.parse(child.stdout.toString()) as Result[];
}

describe("in the kernel", () => {
  for (const [profile, source] of [
    ["command", COMMAND_PROFILE],
    ["function", FUNCTION_PROFILE],
  ] as const) {
    test(`${profile}: every call that can be tried ends as the rules say`, () => {
      const rules = resolveProfile(source, { arch: HERE, kernel: [6, 1] });
      const numbers = syscallNumbers(HERE);
      const args = [BAD, BAD, BAD, BAD, BAD, BAD].map((value) => BigInt.asUintN(64, value));
      const names = (Object.keys(numbers) as SyscallName[]).filter((name) => !NOT_TRIED.has(name));
      const says = (name: SyscallName): number =>
        outcomeOf(rules, { arch: rules.auditArch, number: numbers[name] ?? -1, args });
      const tried = names.filter((name) => says(name) !== KILL);
      const results = callUnder(profile, tried);
      expect(results.map(({ name }) => name)).toEqual(tried);
      const refused = results.filter(({ name }) => says(name as SyscallName) !== ALLOW);
      expect(refused).toEqual(refused.map(({ name }) => ({ name, errno: -(says(name as SyscallName) & 0xffff) })));
      // What is allowed ends as it does without a filter.
      const through = results.filter(({ name }) => says(name as SyscallName) === ALLOW);
      expect(through).toEqual([
        ...callUnder(
          "off",
          through.map(({ name }) => name),
        ),
      ]);
      expect(refused.length).toBeGreaterThan(50);
      expect(through.length).toBeGreaterThan(150);
    });
  }

  test("a call that is fatal ends the process with SIGSYS", () => {
    for (const name of ["init_module", "kexec_load"]) {
      const child = Bun.spawnSync([process.execPath, "--conditions=hutch-source", CALLER, "command", name]);
      expect([name, child.signalCode]).toEqual([name, "SIGSYS"]);
    }
  });
});

describeInSandbox("a launched job", () => {
  test("has the filter, for good and for what it starts", () => {
    expect(sh("grep ^Seccomp: /proc/self/status; sh -c 'grep ^Seccomp_filters: /proc/self/status'").stdout).toBe(
      "Seccomp:\t2\nSeccomp_filters:\t1\n",
    );
  });

  test("has none where the policy switches it off", () => {
    expect(sh("grep ^Seccomp: /proc/self/status", { policy: { syscalls: "off" } }).stdout).toBe("Seccomp:\t0\n");
  });

  test("has the policy's own profile", () => {
    const syscalls = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }],
    } as const;
    expect(sh("mkdir /tmp/a 2>&1 || true", { policy: { syscalls } }).stdout).toContain("No space left on device");
    expect(sh("mkdir /tmp/a 2>&1 || true").stdout).toBe("");
  });
});
