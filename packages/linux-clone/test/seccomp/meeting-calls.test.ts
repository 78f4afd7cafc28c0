import { describe, expect, test } from "bun:test";
import type { SyscallProfile } from "@hutch/core";
import { syscallNumbers } from "@hutch/syscall";
import { COMMAND_PROFILE } from "../../src/policies/command-profile.ts";
import { FUNCTION_PROFILE } from "../../src/policies/function-profile.ts";
import { canMeet } from "../../src/seccomp/meeting-calls.ts";

const target = { arch: "x86-64", kernel: [6, 1] } as const;

/** Allows every call but these. */
function without(...names: string[]): SyscallProfile {
  const allowed = Object.keys(syscallNumbers(target.arch)).filter((name) => !names.includes(name));
  return { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: allowed, action: "SCMP_ACT_ALLOW" }] };
}

function canMeetUnder(syscalls: SyscallProfile | "default" | "off", scoped: boolean): boolean {
  return canMeet({ syscalls }, target, scoped);
}

describe("canMeet()", () => {
  test("under every shipped profile, and without one", () => {
    for (const syscalls of ["default", "off", COMMAND_PROFILE, FUNCTION_PROFILE] as const)
      expect(canMeetUnder(syscalls, true)).toBe(true);
  });

  test("while anything that makes a socket is left, also for some arguments only", () => {
    expect(canMeetUnder(without("socket"), true)).toBe(true);
    expect(canMeetUnder(without("io_uring_setup"), true)).toBe(true);
    const some = without("socket", "io_uring_setup");
    const rule = {
      names: ["socket"],
      action: "SCMP_ACT_ALLOW",
      args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }],
    } as const;
    expect(canMeetUnder({ ...some, syscalls: [...(some.syscalls ?? []), rule] }, true)).toBe(true);
    const logged = { names: ["socket"], action: "SCMP_ACT_LOG" } as const;
    expect(canMeetUnder({ ...some, syscalls: [...(some.syscalls ?? []), logged] }, true)).toBe(true);
  });

  test("not without them; pairs are harmless only where landlock keeps their names apart", () => {
    expect(canMeetUnder(without("socket", "io_uring_setup"), true)).toBe(false);
    expect(canMeetUnder(without("socket", "io_uring_setup"), false)).toBe(true);
    expect(canMeetUnder(without("socket", "io_uring_setup", "socketpair"), false)).toBe(false);
  });

  test("where a call that is not known yet would be allowed", () => {
    const refused = { names: ["socket", "io_uring_setup"], action: "SCMP_ACT_ERRNO" } as const;
    expect(canMeetUnder({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [refused] }, true)).toBe(true);
  });
});
