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
  const hog = "head -c 200000000 /dev/zero | tail -c 200000000 > /dev/null";
  const limits = ["--memory", "64MiB", "--cpu", "60s"];
  const { status, stderr } = sandboxCli(who, "run", ...limits, "--", "/bin/sh", "-c", hog);
  // The host samples, and RLIMIT_DATA refuses a process more than that: either may come first.
  expect([137, 1]).toContain(status);
  expect(stderr).toMatch(/memory-limit|memory exhausted/);
});
