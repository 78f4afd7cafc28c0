// Shorthand for the rules of the shipped profiles.
import type { SyscallRule } from "@hutch/core";

const EPERM = 1;
const ENOSYS = 38;
const LOW_WORD = 0xffff_ffff;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** The kernel takes these arguments as 32 bits: what a job puts into the other 32 must not matter here either. */
export function isInt(index: number, value: number): NonNullable<SyscallRule["args"]>[number] {
  return { index, value: LOW_WORD, valueTwo: value, op: "SCMP_CMP_MASKED_EQ" };
}

export function allow(comment: string, names: string): SyscallRule {
  return { names: words(names), action: "SCMP_ACT_ALLOW", comment };
}

/** The error that a kernel without the call gives: programs then take their older way. */
export function absent(comment: string, names: string): SyscallRule {
  return { names: words(names), action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS, comment };
}

export function refused(comment: string, names: string): SyscallRule {
  return { names: words(names), action: "SCMP_ACT_ERRNO", errnoRet: EPERM, comment };
}

/** Only what an attack would call: it needs rights over the machine that no job has. */
export function fatal(comment: string, names: string): SyscallRule {
  return { names: words(names), action: "SCMP_ACT_KILL_PROCESS", comment };
}
