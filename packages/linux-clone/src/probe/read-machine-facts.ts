// Reads the settings that suggest-fix.ts explains refusals with. Only after something was refused.
import { isSyscallError, readText } from "@hutch/syscall";
import type { MachineFacts } from "./suggest-fix.ts";

export function readMachineFacts(): MachineFacts {
  return {
    unprivilegedClone: setting("kernel/unprivileged_userns_clone"),
    apparmorRestricts: setting("kernel/apparmor_restrict_unprivileged_userns"),
    memfdNoexec: setting("vm/memfd_noexec"),
    apparmorProfile: confiningProfile(readIfThere("/proc/self/attr/apparmor/current")),
    filtered: /^Seccomp:\s+2$/m.test(readIfThere("/proc/self/status")),
  };
}

/** `name (enforce)`, or `unconfined`. A profile that only complains, or is itself unconfined, refuses nothing. */
function confiningProfile(label: string): string | null {
  return /^(.+) \((?:enforce|kill|mixed)\)\s*$/.exec(label)?.[1] ?? null;
}

function setting(path: string): number | null {
  const text = readIfThere(`/proc/sys/${path}`).trim();
  return text === "" ? null : Number(text);
}

function readIfThere(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    if (isSyscallError(error)) return "";
    throw error;
  }
}
