import { describe, expect, test } from "bun:test";
import { type MachineFacts, suggestFix } from "../../src/probe/suggest-fix.ts";

const FACTS: MachineFacts = { unprivilegedClone: null, apparmorRestricts: null, memfdNoexec: 0, filtered: false };
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
