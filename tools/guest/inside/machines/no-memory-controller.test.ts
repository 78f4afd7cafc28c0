// A kernel without the memory controller, as the firmware of some small computers boots it.
import { expect, test } from "bun:test";
import { sandboxCli } from "../sandbox-cli.ts";

test.each(["root", "user"] as const)("as %s: the weaker limits are reported as such, with what to change", (who) => {
  const { status, stdout } = sandboxCli(who, "doctor");
  expect(status).toBe(0);
  expect(stdout).toContain("\ncgroups: none: the kernel was booted with its memory controller switched off\n");
  expect(stdout).toContain("\n  Fix: boot without cgroup_disable=memory");
  expect(stdout).toMatch(/memory-limit +│ partly/);
  expect(stdout).toMatch(/cpu-limit +│ partly/);
});

test.each(["root", "user"] as const)("as %s: and they hold", (who) => {
  const hog = "a=x; while :; do a=$a$a; done";
  const { status, stderr } = sandboxCli(who, "run", "--memory", "64MiB", "--", "/bin/sh", "-c", hog);
  // The host samples, and the kernel refuses a process more than that: either may come first.
  expect([137, 2]).toContain(status);
  expect(stderr).toMatch(/memory-limit|Out of space/);
});
