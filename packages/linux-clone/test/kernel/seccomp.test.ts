// The filter in the kernel against the rules that it was made from: a child installs it and makes calls, and each has the
// outcome that the rules say. And the launched sandbox: what the profile refuses is refused there.
import { describe, expect, test } from "bun:test";
import type { LaunchPlan, Step, SyscallProfile } from "@hutch/core";
import { type Arch, arch, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../../src/policies/function-profile.ts";
import { ALLOW, KILL, outcomeOf } from "../../src/seccomp/filter-rules.ts";
import { resolveProfile } from "../../src/seccomp/resolve-profile.ts";
import { callsOfSetup } from "../../src/seccomp/split-fatal.ts";
import { planFor, type SandboxOptions, type SandboxResult, sandbox, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

const CALLER = new URL("../jobs/calls-under-filter.ts", import.meta.url).pathname;
const HERE: Arch = arch();
const BAD = -1n;

/** Calls that end, wait for or stop the process that makes them, leave something behind, or are needed to tell what came out. */
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
  "msgget",
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
});

describeInSandbox("a launched job", () => {
  test("has the filter, for good and for what it starts", () => {
    expect(sh("grep ^Seccomp: /proc/self/status; sh -c 'grep ^Seccomp_filters: /proc/self/status'").stdout).toBe(
      "Seccomp:\t2\nSeccomp_filters:\t2\n",
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

  const perl = Bun.which("perl") !== null;
  const raw = (script: string, options: SandboxOptions = {}): SandboxResult => sandbox(["perl", "-e", script], options);
  const number = (name: SyscallName): number => syscallNumbers(HERE)[name] ?? -1;

  testIf(perl, "perl")("is ended by a fatal call before it returns, and all it started with it", () => {
    for (const name of ["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"] as const) {
      const { exit, stdout } = raw(
        `$| = 1; fork; print "."; select(undef, undef, undef, 0.2); syscall(${number(name)}, 0, 0, 0, 0, 0); print "on"; sleep 9`,
      );
      expect([name, exit, stdout]).toEqual([name, { kind: "violated", call: name }, ".."]);
    }
  });

  testIf(perl, "perl")(
    "goes on after such a call where the filter of process 1 is taken out, and is refused it",
    () => {
      const change = (plan: LaunchPlan): LaunchPlan => ({
        ...plan,
        outer: plan.outer.filter((step) => step.name !== "listen to system calls"),
        handover: plan.handover.filter((step) => step.detail !== "4"),
      });
      const { exit, stdout } = raw(`print syscall(${number("delete_module")}, 0, 0), " ", $! + 0`, { change });
      expect([exit, stdout]).toEqual([{ kind: "exited", code: 0 }, "-1 38"]);
    },
  );

  testIf(perl, "perl")("is ended by the kernel where the policy makes a call fatal that the setup makes, too", () => {
    const fatal = (name: string): { readonly syscalls: SyscallProfile } => ({
      syscalls: {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [{ names: [name], action: "SCMP_ACT_KILL_PROCESS" }],
      },
    });
    expect(raw(`syscall(${number("unshare")}, 0)`, { policy: fatal("unshare") }).exit).toEqual({
      kind: "signaled",
      signal: 31,
    });
    expect(raw(`syscall(${number("getpid")})`, { policy: fatal("getppid") }).exit).toEqual({ kind: "exited", code: 0 });
    expect(raw(`syscall(${number("getppid")})`, { policy: fatal("getppid") }).exit).toEqual({
      kind: "violated",
      call: "getppid",
    });
  });

  testIf(perl, "perl")(
    "is ended with a name however many of its processes make such a call at once, and end meanwhile",
    () => {
      const script = `for (1..20) { if (!fork) { fork || kill(9, getppid); syscall(${number("kexec_load")}, 0, 0, 0, 0) } } 1 while wait > 0; sleep 9`;
      for (let round = 0; round < 5; round++)
        expect(raw(script).exit).toEqual({ kind: "violated", call: "kexec_load" });
    },
  );

  testIf(perl, "perl")("makes no user namespace, also where nothing else would hinder it", () => {
    const CLONE_NEWUSER = 0x1000_0000;
    const SIGCHLD = 17;
    const change = (plan: LaunchPlan): LaunchPlan => {
      const kept = (steps: readonly Step[]): Step[] =>
        steps.filter((step) => !(step.detail ?? "").includes("max_user_namespaces"));
      return { ...plan, outer: kept(plan.outer), inner: kept(plan.inner) };
    };
    const unshare = `print syscall(${number("unshare")}, ${CLONE_NEWUSER}), " ", $! + 0`;
    const clone = `$pid = syscall(${number("clone")}, ${CLONE_NEWUSER | SIGCHLD}, 0, 0, 0, 0); print $pid > 0 ? "made" : $! + 0 if $pid`;
    expect(raw(unshare, { change, policy: { syscalls: "off" } }).stdout).toStartWith("0 ");
    expect(raw(unshare, { change }).stdout).toBe("-1 1");
    expect(raw(clone, { change, policy: { syscalls: "off" } }).stdout).toBe("made");
    expect(raw(clone, { change }).stdout).toBe("1");
    expect(raw(`print syscall(${number("clone3")}, 0, 0), " ", $! + 0`, { change }).stdout).toBe("-1 38");
  });

  testIf(perl, "perl")("does not get a listener of its own", () => {
    // struct sock_filter of one return, in struct sock_fprog.
    const script = `$f = pack("SCCL", 6, 0, 0, 0x7fff0000); $p = pack("Sx6P", 1, $f); print syscall(${number("seccomp")}, 1, 8, $p), " ", $! + 0, " "; print syscall(${number("seccomp")}, 1, 0, $p)`;
    expect(raw(script).stdout).toBe("-1 16 0");
  });
});

test("the calls of the setup are on the list of those that wait for nobody", () => {
  const listed = new Set<string>(callsOfSetup());
  for (const privileged of [true, false])
    for (const start of ["exec", "warm"] as const)
      for (const cgroups of [0, 2]) {
        const { plan } = planFor(["true"], { request: { privileged, start, cgroups }, policy: { terminal: true } });
        const late = [...plan.inner, ...plan.handover].map((step) => step.call);
        expect(late.filter((call) => !listed.has(call))).toEqual([]);
      }
});
