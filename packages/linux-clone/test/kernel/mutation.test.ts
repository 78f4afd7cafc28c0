// Takes one control's steps out of the plan and sees the attack succeed that they stop. So every control is known to do
// something, and every check in isolation.test.ts to see it.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchPlan, Policy, Step } from "@hutch/core";
import { CLONE, O, open, tryCall } from "@hutch/syscall";
import { PRIVILEGED, sh } from "../sandbox.ts";
import { describeInSandbox, testIf } from "./need-sandbox.ts";

type Change = (plan: LaunchPlan) => LaunchPlan;

function without(match: (step: Step) => boolean): Change {
  const keep = (steps: readonly Step[]): Step[] => steps.filter((step) => !match(step));
  return (plan) => ({ ...plan, outer: keep(plan.outer), inner: keep(plan.inner), handover: keep(plan.handover) });
}
function withoutFlag(flag: number, also: Change = (plan) => plan): Change {
  return (plan) => also({ ...plan, cloneFlags: plan.cloneFlags & ~flag });
}
const named = (...names: string[]): Change => without((step) => names.includes(step.name));
/** Landlock stands behind other controls: to see one of those alone it has to go too. */
const landlock = named("make ruleset", "add rule", "restrict self");
const both =
  (first: Change, second: Change): Change =>
  (plan) =>
    second(first(plan));
const detailed = (detail: string): Change => without((step) => step.detail === detail);

describeInSandbox("without its steps", () => {
  const attack = (
    title: string,
    change: Change,
    script: string,
    succeeds: (stdout: string) => boolean,
    policy: Partial<Policy> = {},
  ): void => {
    test(title, () => {
      expect(succeeds(sh(script, { policy }).stdout)).toBe(false);
      expect(succeeds(sh(script, { policy, change }).stdout)).toBe(true);
    });
  };
  // The filter would hold it as well, or cannot be without what is taken out.
  const unfiltered = { syscalls: "off" } as const;

  attack(
    "no new privileges: the status says so",
    both(named("no new privileges"), landlock),
    "grep NoNewPrivs /proc/self/status",
    (out) => out.includes("0"),
    unfiltered,
  );
  attack(
    "bounding set: it is full",
    detailed("bounding set"),
    "grep CapBnd /proc/self/status",
    (out) => !out.includes("0000000000000000"),
  );
  attack(
    "securebits: they are not locked",
    detailed("securebits"),
    "setpriv --dump 2>/dev/null | grep -i securebits",
    (out) => out.includes("[none]"),
  );
  attack(
    "session: the launcher's session",
    without((step) => step.call === "setsid"),
    "ps -o sid= -p $$",
    (out) => out.trim() === "0",
  );
  attack(
    "nested namespaces: mounts by a detour",
    both(
      without((step) => (step.detail ?? "").includes("max_user_namespaces")),
      landlock,
    ),
    "unshare --user --map-root-user --mount mount -t tmpfs none /tmp && echo mounted",
    (out) => out.includes("mounted"),
    unfiltered,
  );
  attack("host name", withoutFlag(0, named("set host name")), "uname -n", (out) => out.trim() === hostname());
  attack(
    "core size",
    detailed("core size"),
    "ulimit -c unlimited 2>/dev/null && echo raised",
    (out) => out.includes("raised"),
    unfiltered,
  );
  attack(
    "signals: what the launcher ignores stays ignored",
    without((step) => step.call === "rt_sigaction" && step.repeat !== undefined),
    "grep SigIgn /proc/self/status",
    (out) => !out.includes("0000000000000000"),
  );
  attack(
    "network namespace: the host's interfaces",
    withoutFlag(CLONE.NEWNET, named("bring loopback up")),
    "tail -n +3 /proc/net/dev | grep -v lo:",
    (out) => out.trim() !== "",
  );

  testIf(!PRIVILEGED, "what root makes the job cannot change anyway")("read-only root: a folder in it", () => {
    const script = "mkdir /new 2>/dev/null && echo made";
    expect(sh(script).stdout).toBe("");
    const change = both(
      without((step) => step.name === "mount read-only" && step.detail === "/"),
      landlock,
    );
    expect(sh(script, { change }).stdout).toBe("made\n");
  });

  test("umask: the launcher's", () => {
    const before = process.umask(0o027);
    try {
      expect(sh("umask").stdout).toBe("0022\n");
      expect(sh("umask", { change: both(named("set umask"), landlock) }).stdout).toBe("0027\n");
    } finally {
      process.umask(before);
    }
  });

  test("descriptors: those of the launcher that are not close-on-exec", () => {
    using leak = open("/dev/null", O.RDONLY);
    tryCall("fcntl", leak.fd, 2, 0);
    const script = `test -e /proc/self/fd/${leak.fd} && echo leaked`;
    expect(sh(script).stdout).toBe("");
    expect(
      sh(script, { change: without((step) => step.name === "close descriptors" && step.args[0] === 0) }).stdout,
    ).toBe("leaked\n");
  });

  test("root: the host's files", () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
    writeFileSync(join(folder, "secret"), "found", { mode: 0o644 });
    Bun.spawnSync(["chmod", "755", folder]);
    const cut = new Set([
      "make mounts private",
      "mount tmpfs",
      "change root",
      "bind mount",
      "mount read-only",
      "mount tmp",
      "make folder",
      "make file",
      "make symlink",
      "detach old root",
      "mount proc",
    ]);
    const open = without(
      (step) =>
        cut.has(step.name) || (step.name === "enter folder" && step.call !== "chdir") || step.detail === "/proc",
    );
    try {
      expect(sh(`cat ${folder}/secret`).stdout).toBe("");
      const change: Change = (plan) =>
        without((step) => step.name === "set resource limit" && step.call !== "setrlimit")(open(plan));
      expect(sh(`cat ${folder}/secret`, { change }).stdout).toBe("found");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  testIf(PRIVILEGED, "a plan of somebody else has no root's ids to drop")("ids: root outside", () => {
    const ids = without(
      (step) =>
        ["drop groups", "drop to host ids"].includes(step.name) ||
        step.name.startsWith("write ") ||
        ["deny setgroups", "make user namespace", "drop capabilities"].includes(step.name),
    );
    const change: Change = (plan) =>
      without((step) => step.call !== "setrlimit" && step.name === "set resource limit")(ids(plan));
    expect(sh("id -u").stdout).toBe("1000\n");
    expect(sh("id -u", { change }).stdout).toBe("0\n");
  });
});
