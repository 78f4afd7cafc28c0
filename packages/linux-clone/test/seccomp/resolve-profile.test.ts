import { describe, expect, test } from "bun:test";
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { SECCOMP_RET, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { buildFilter } from "../../scripts/build-filters.ts";
import { FILTER_DATA } from "../../src/seccomp/filter-data.ts";
import { ALLOW, type FilterRules, KILL, outcomeOf, refuse } from "../../src/seccomp/filter-rules.ts";
import { type FilterTarget, resolveProfile } from "../../src/seccomp/resolve-profile.ts";

const HERE: FilterTarget = { arch: "x86-64", kernel: [6, 1] };
const [EPERM, ENOSYS] = [1, 38].map(refuse) as [number, number];

function resolve(rules: readonly SyscallRule[], rest: Partial<SyscallProfile> = {}, target = HERE): FilterRules {
  return resolveProfile({ defaultAction: "SCMP_ACT_ERRNO", ...rest, syscalls: rules }, target);
}
function says(rules: FilterRules, name: SyscallName, ...args: bigint[]): number {
  const number = syscallNumbers("x86-64")[name] ?? -1;
  return outcomeOf(rules, { arch: rules.auditArch, number, args });
}
const allowed = (rule: Partial<SyscallRule>): SyscallRule => ({ names: ["getpid"], action: "SCMP_ACT_ALLOW", ...rule });

describe("resolveProfile()", () => {
  test("knows every action, and gives the default for what no rule holds for", () => {
    const action = (name: SyscallRule["action"], errnoRet?: number): number =>
      says(resolve([allowed({ action: name, ...(errnoRet === undefined ? {} : { errnoRet }) })]), "getpid");
    expect(action("SCMP_ACT_ALLOW")).toBe(ALLOW);
    expect(action("SCMP_ACT_LOG")).toBe(SECCOMP_RET.LOG);
    expect(action("SCMP_ACT_TRAP")).toBe(SECCOMP_RET.TRAP);
    expect(action("SCMP_ACT_ERRNO")).toBe(EPERM);
    expect(action("SCMP_ACT_ERRNO", 28)).toBe(refuse(28));
    for (const kill of ["SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS"] as const)
      expect(action(kill)).toBe(KILL);
    expect(says(resolve([]), "getpid")).toBe(EPERM);
    expect(says(resolve([], { defaultErrnoRet: 13 }), "getpid")).toBe(refuse(13));
    expect(says(resolve([], { defaultAction: "SCMP_ACT_KILL" }), "getpid")).toBe(KILL);
  });

  test("says of a call that nobody knew when this was written what the default says, but never an errno that misleads", () => {
    const unknown = (rest: Partial<SyscallProfile>): number => resolve([], rest).unknown;
    expect(unknown({})).toBe(ENOSYS);
    expect(unknown({ defaultAction: "SCMP_ACT_ALLOW" })).toBe(ALLOW);
    expect(unknown({ defaultAction: "SCMP_ACT_KILL_PROCESS" })).toBe(KILL);
  });

  test("takes all conditions of a rule together, and the first rule that holds", () => {
    const equals = (index: number, value: number): NonNullable<SyscallRule["args"]>[number] => ({
      index,
      value,
      op: "SCMP_CMP_EQ",
    });
    const rules = resolve([
      allowed({ names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 2, args: [equals(0, 1), equals(1, 2)] }),
      allowed({ names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 3, args: [equals(0, 1)] }),
      allowed({ names: ["socket"] }),
    ]);
    expect(says(rules, "socket", 1n, 2n)).toBe(refuse(2));
    expect(says(rules, "socket", 1n, 3n)).toBe(refuse(3));
    expect(says(rules, "socket", 2n, 2n)).toBe(ALLOW);
  });

  test("compares all 64 bits, and masks", () => {
    const rule = (op: string, value: string, valueTwo?: string): FilterRules =>
      resolve([allowed({ args: [{ index: 0, value, ...(valueTwo === undefined ? {} : { valueTwo }), op } as never] })]);
    const wide = 0x1_0000_0005n;
    const holds = (rules: FilterRules, value: bigint): boolean => says(rules, "getpid", value) === ALLOW;
    expect(holds(rule("SCMP_CMP_EQ", "0x100000005"), wide)).toBe(true);
    expect(holds(rule("SCMP_CMP_EQ", "5"), wide)).toBe(false);
    expect(holds(rule("SCMP_CMP_NE", "5"), wide)).toBe(true);
    expect(holds(rule("SCMP_CMP_GT", "0xffffffff"), wide)).toBe(true);
    expect(holds(rule("SCMP_CMP_LE", "0x100000005"), wide)).toBe(true);
    expect(holds(rule("SCMP_CMP_LT", "0x100000005"), wide)).toBe(false);
    expect(holds(rule("SCMP_CMP_GE", "0x100000006"), wide)).toBe(false);
    expect(holds(rule("SCMP_CMP_MASKED_EQ", "0xffffffff", "5"), wide)).toBe(true);
    expect(holds(rule("SCMP_CMP_MASKED_EQ", "0x100000000"), wide)).toBe(false);
    // Bits that the mask leaves out are never there.
    expect(holds(rule("SCMP_CMP_MASKED_EQ", "1", "2"), 2n)).toBe(false);
  });

  test("includes and excludes by architecture, kernel and capability, of which a job has none", () => {
    const is = (rule: Partial<SyscallRule>): boolean => says(resolve([allowed(rule)]), "getpid") === ALLOW;
    expect(is({ includes: { arches: ["arm64", "amd64"] } })).toBe(true);
    expect(is({ includes: { arches: ["s390x"] } })).toBe(false);
    expect(is({ excludes: { arches: ["amd64"] } })).toBe(false);
    expect(is({ excludes: { arches: ["arm64"] } })).toBe(true);
    expect(is({ includes: { caps: ["CAP_SYS_ADMIN"] } })).toBe(false);
    expect(is({ excludes: { caps: ["CAP_SYS_ADMIN"] } })).toBe(true);
    expect(is({ includes: { minKernel: "4.8" } })).toBe(true);
    expect(is({ includes: { minKernel: "6.1" } })).toBe(true);
    expect(is({ includes: { minKernel: "6.2" } })).toBe(false);
    expect(is({ excludes: { minKernel: "4.8" } })).toBe(false);
    expect(is({ includes: { caps: [], arches: [] } })).toBe(true);
  });

  test("passes over names of other architectures, and over unknown ones that would only be allowed", () => {
    const names = ["getpid", "chown32", "_llseek", "s390_pci_mmio_read", "set_tls", "a_call_of_tomorrow"];
    expect(says(resolve([allowed({ names })]), "getpid")).toBe(ALLOW);
    expect(() =>
      resolve([allowed({ names: ["umount", "vm86", "stime"], action: "SCMP_ACT_ERRNO" })], {
        defaultAction: "SCMP_ACT_ALLOW",
      }),
    ).not.toThrow();
  });

  test("refuses an unknown name that was to be forbidden, and a rule that cannot come to anything", () => {
    const open = { defaultAction: "SCMP_ACT_ALLOW" } as const;
    expect(() => resolve([allowed({ names: ["keyctrl"], action: "SCMP_ACT_ERRNO" })], open)).toThrow(
      'Cannot use policy.syscalls.syscalls[0]: no system call is named "keyctrl", so what the rule forbids would be allowed',
    );
    expect(() => resolve([allowed({}), allowed({ action: "SCMP_ACT_KILL" })], open)).toThrow(
      'Cannot use policy.syscalls.syscalls[1]: a rule before it decides every call of "getpid" otherwise',
    );
    expect(() => resolve([allowed({}), allowed({})])).not.toThrow();
  });

  test("x32 and 32-bit entry points end the job whatever the profile says of its architectures", () => {
    const rules = resolve([], { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] });
    expect(outcomeOf(rules, { arch: 0x4000_0003, number: 1, args: [] })).toBe(KILL);
    expect(outcomeOf(rules, { arch: rules.auditArch, number: 0x4000_0001, args: [] })).toBe(KILL);
  });
});

describe("the shipped filters", () => {
  test("are what scripts/build-filters.ts makes of the profiles", () => {
    for (const name of ["command", "function"] as const)
      for (const arch of ["x86-64", "arm64"] as const)
        for (const part of ["fatal", "rest"] as const)
          expect(FILTER_DATA[name][arch][part]).toBe(buildFilter(name, arch, part).toBase64());
  });
});
