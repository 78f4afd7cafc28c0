// The kernel of no-landlock.test.ts, booted as doctor advised there.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { expectWorking } from "../expect-sandbox.ts";
import { sandboxCli } from "../sandbox-cli.ts";

test.each(["root", "user"] as const)("as %s: landlock is enforced", (who) => {
  const { status, stdout } = sandboxCli(who, "doctor");
  expect(status).toBe(0);
  expect(stdout).toMatch(/landlock +│ works +│ ABI \d/);
  expectWorking(who);
});

test("and what was there before still is", () => {
  expect(readFileSync("/sys/kernel/security/lsm", "utf8")).toMatch(/lockdown.*yama.*apparmor/);
});
