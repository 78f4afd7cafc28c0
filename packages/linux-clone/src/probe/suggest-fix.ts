// From what a trial showed to the smallest thing that the machine's owner can change. Pure.
import type { ControlName } from "@hutch/core";
import type { TrialFailure } from "./trial.ts";

/** Settings of the machine that explain a refusal; null where the file does not exist. */
export interface MachineFacts {
  readonly unprivilegedClone: number | null;
  readonly apparmorRestricts: number | null;
  readonly memfdNoexec: number | null;
  /** Somebody put a seccomp filter on this process, as container engines do. */
  readonly filtered: boolean;
  /** The AppArmor profile that confines this process; null where none does. */
  readonly apparmorProfile: string | null;
}

const KINDS = {
  "user-namespace": "user",
  "mount-namespace": "mnt",
  "pid-namespace": "pid",
  "net-namespace": "net",
  "ipc-namespace": "ipc",
  "uts-namespace": "uts",
  "cgroup-namespace": "cgroup",
} as const satisfies Partial<Record<ControlName, string>>;

/** What a profile has to give beside files and network. `attach_disconnected`: init has no path, for it is a memfd. */
const PROFILE_RULES = "userns, capability, mount, umount, pivot_root, signal, ptrace,";

const REFUSED = new Set(["EPERM", "EACCES"]);

export function suggestFix(control: ControlName, failure: TrialFailure, facts: MachineFacts): string {
  // Descriptors are parked at numbers that this process may not have.
  if (failure.call === "fcntl" && failure.code === "EINVAL") return "a higher limit of open files: ulimit -n 1024";
  const kind = control in KINDS ? KINDS[control as keyof typeof KINDS] : null;
  if (failure.code === "ENOSPC") return `sysctl user.max_${kind ?? "user"}_namespaces=10000`;
  if (control === "seccomp") return seccompFix(failure);
  if (failure.code === "ENOSYS") return "a kernel that has this call: Linux 5.14 or newer has all of them";
  if (control === "process-limit") return "Linux 5.14 or newer, or cgroups for this process (systemd: Delegate=yes)";
  if (kind !== null && failure.code === "EINVAL") return `a kernel with ${kind} namespaces (CONFIG_NAMESPACES)`;
  if (control === "landlock" && REFUSED.has(failure.code))
    return "a seccomp profile that allows landlock_create_ruleset, landlock_add_rule and landlock_restrict_self";
  if (facts.unprivilegedClone === 0) return "sysctl kernel.unprivileged_userns_clone=1";
  // Profiles refuse with EACCES, seccomp filters and the kernel's own rules with EPERM.
  if (failure.code === "EACCES" && facts.apparmorProfile !== null) return profileFix(facts.apparmorProfile);
  if (REFUSED.has(failure.code) && facts.apparmorRestricts === 1) {
    return "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for this program that has: userns,";
  }
  if (control === "init" && failure.code === "EACCES") return memfdFix(facts);
  if (failure.what.startsWith("mount proc") && REFUSED.has(failure.code)) {
    return "a /proc without masked folders (docker run --security-opt systempaths=unconfined)";
  }
  if (failure.call === "pivot_root" && failure.code === "EINVAL") return "a root file system that is not the initramfs";
  if (REFUSED.has(failure.code) && facts.filtered) {
    return `a seccomp profile that allows ${failure.call} (docker run --security-opt seccomp=unconfined)`;
  }
  // Only a capability that a profile does not give is refused with EPERM.
  if (REFUSED.has(failure.code) && facts.apparmorProfile !== null) return profileFix(facts.apparmorProfile);
  return "a process that may make user namespaces: not in a chroot, of a user that its own namespace maps, with no policy against it";
}

/** All at once: the next thing that a profile lacks shows only when the first one is there. */
function profileFix(profile: string): string {
  if (profile === "docker-default") return "docker run --security-opt apparmor=unconfined";
  return `in the AppArmor profile "${profile}": flags=(attach_disconnected), and the rules ${PROFILE_RULES}`;
}

function seccompFix({ code }: TrialFailure): string {
  // The kernel gives a process one listener (seccomp(2)): engines that intercept calls for a container are one.
  if (code === "EBUSY") return "a container engine that does not intercept system calls of this process";
  if (REFUSED.has(code)) return "a seccomp profile that allows seccomp itself";
  return "a kernel with CONFIG_SECCOMP_FILTER";
}

function memfdFix({ memfdNoexec }: MachineFacts): string {
  return memfdNoexec === 2 ? "sysctl vm.memfd_noexec=1" : "a security policy that lets this program execute a memfd";
}
