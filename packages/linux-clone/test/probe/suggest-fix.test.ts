import { describe, expect, test } from "bun:test";
import { type MachineFacts, suggestFix } from "../../src/probe/suggest-fix.ts";

const FACTS: MachineFacts = {
  unprivilegedClone: null,
  apparmorRestricts: null,
  memfdNoexec: 0,
  filtered: false,
  apparmorProfile: null,
};
const failed = (what: string, call: string, code: string): { what: string; call: string; code: string } => ({
  what,
  call,
  code,
});

describe("suggestFix", () => {
  test("names the setting that refuses", () => {
    const clone = failed("clone", "clone", "EPERM");
    expect(suggestFix("user-namespace", clone, { ...FACTS, unprivilegedClone: 0 })).toBe(
      "sysctl kernel.unprivileged_userns_clone=1",
    );
    expect(
      suggestFix("private-root", failed("mount tmpfs /", "mount", "EACCES"), { ...FACTS, apparmorRestricts: 1 }),
    ).toContain("apparmor_restrict_unprivileged_userns=0");
    expect(suggestFix("user-namespace", failed("clone", "clone", "ENOSPC"), FACTS)).toBe(
      "sysctl user.max_user_namespaces=10000",
    );
    expect(suggestFix("net-namespace", failed("clone", "clone", "ENOSPC"), FACTS)).toBe(
      "sysctl user.max_net_namespaces=10000",
    );
    expect(suggestFix("init", failed("become init", "execveat", "EACCES"), { ...FACTS, memfdNoexec: 2 })).toBe(
      "sysctl vm.memfd_noexec=1",
    );
    expect(suggestFix("process-limit", failed("clone", "clone", "EAGAIN"), FACTS)).toContain("Delegate=yes");
  });

  test("knows what container engines do", () => {
    expect(suggestFix("user-namespace", failed("clone", "clone", "EPERM"), { ...FACTS, filtered: true })).toContain(
      "seccomp=unconfined",
    );
    expect(
      suggestFix("private-root", failed("mount proc /proc (step 40 of 60)", "mount", "EPERM"), {
        ...FACTS,
        filtered: true,
      }),
    ).toContain("systempaths=unconfined");
  });

  test("names the AppArmor profile, and everything that it has to give", () => {
    const confined = { ...FACTS, apparmorProfile: "bun" };
    const clone = failed("clone", "clone", "EACCES");
    const fix =
      'in the AppArmor profile "bun": flags=(attach_disconnected), and the rules userns, capability, mount, umount, pivot_root, signal, ptrace,';
    expect(suggestFix("user-namespace", clone, confined)).toBe(fix);
    expect(suggestFix("init", failed("become init (step 15 of 15)", "execveat", "EACCES"), confined)).toBe(fix);
    expect(suggestFix("net-namespace", failed("clone", "clone", "EPERM"), confined)).toBe(fix);
    // Both are in the way of a container: EPERM is the filter's, EACCES the profile's.
    const container = { ...FACTS, apparmorProfile: "docker-default", filtered: true };
    expect(suggestFix("user-namespace", failed("clone", "clone", "EPERM"), container)).toContain("seccomp=unconfined");
    expect(suggestFix("private-root", failed("mount proc /proc", "mount", "EACCES"), container)).toContain(
      "apparmor=unconfined",
    );
    expect(suggestFix("init", failed("become init", "execveat", "EACCES"), FACTS)).not.toContain("AppArmor");
  });

  test("says what the kernel or the root lacks", () => {
    expect(suggestFix("private-root", failed("mount read-only /usr", "mount_setattr", "ENOSYS"), FACTS)).toContain(
      "Linux 5.14",
    );
    expect(suggestFix("private-root", failed("change root", "pivot_root", "EINVAL"), FACTS)).toContain("initramfs");
    expect(suggestFix("ipc-namespace", failed("clone", "clone", "EINVAL"), FACTS)).toContain("CONFIG_NAMESPACES");
    const noRoom = failed("listen to system calls descriptor", "fcntl", "EINVAL");
    expect(suggestFix("seccomp", noRoom, FACTS)).toContain("ulimit -n");
  });
});
