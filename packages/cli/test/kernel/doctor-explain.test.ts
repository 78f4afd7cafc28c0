import { describe, expect, test } from "bun:test";
import { CONTROL_NAMES } from "hutch";
import { cliCommand, spawnCli } from "../spawn-cli.ts";

describe("sandbox-cli doctor", () => {
  test("lists every control, and its status says whether the default policy can be enforced", async () => {
    const { status, stdout, stderr } = await spawnCli(["doctor"]);
    expect(stderr).toBe("");
    for (const name of CONTROL_NAMES) expect(stdout).toContain(name);
    expect(stdout).toMatch(
      /^Linux \S+, Bun \S+, uid \d+, backend linux-clone\ncgroups: .+\n(?: {2}Fix: [\s\S]+?\n)?ranges of ids: /,
    );
    expect(stdout).toContain(
      status === 0 ? "The default policy can be enforced" : "The default policy cannot be enforced",
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("--json has the same as one object", async () => {
    const { status, stdout } = await spawnCli(["doctor", "--json"]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ version: 1, backend: "linux-clone", canEnforceDefault: status === 0 });
    expect(report.controls.map(({ name }: { readonly name: string }) => name)).toEqual([...CONTROL_NAMES]);
  });

  /** A user namespace that allows none below it stands in for a machine with user.max_user_namespaces=0. */
  const noNamespaces = ["unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"'];
  const canTry = Bun.spawnSync([...noNamespaces, "true"]).success;
  const untried = canTry ? "" : " (unshare makes no user namespace here)";
  test.skipIf(!canTry)(`prints its table also where nothing can run${untried}`, () => {
    const { exitCode, stdout, stderr } = Bun.spawnSync([...noNamespaces, ...cliCommand(["doctor"])]);
    expect(stderr.toString()).toBe("");
    for (const name of CONTROL_NAMES) expect(stdout.toString()).toContain(name);
    expect(new Set(stdout.toString().match(/sysctl [\w.]+=\d+/g))).toEqual(
      new Set(["sysctl user.max_user_namespaces=10000"]),
    );
    expect(stdout.toString()).toContain("Nothing runs without user-namespace");
    expect(stdout.toString()).not.toContain("sandbox-cli run --best-effort");
    expect(exitCode).not.toBe(0);
  });

  const noNetwork = noNamespaces.map((word) => word.replace("max_user_", "max_net_"));
  test.skipIf(!canTry)(`names what --best-effort can do without${untried}`, () => {
    const { stdout } = Bun.spawnSync([...noNetwork, ...cliCommand(["doctor"])]);
    const hint = /sandbox-cli (run --best-effort \S+ -- )COMMAND/.exec(stdout.toString())?.[1] ?? "";
    expect(hint).toContain("net-namespace");
    const { exitCode } = Bun.spawnSync([...noNetwork, ...cliCommand([...hint.trim().split(" "), "true"])]);
    expect(exitCode).toBe(0);
  });

  test("honours FORCE_COLOR", async () => {
    expect((await spawnCli(["doctor"], { env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001b[");
  });
});

describe("sandbox-cli explain", () => {
  test("prints numbered steps with call and reason, within 120 columns where words allow it", async () => {
    const { status, stdout, stderr } = await spawnCli(["explain", "--", "true"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+ steps for: true\n/);
    expect(stdout).toMatch(/\n {3}1 {2}\S/);
    expect(stdout).toContain("execve(");
  });

  test("--json has every step, numbered as errors number them", async () => {
    const { stdout } = await spawnCli(["explain", "--json", "--tmpfs", "/scratch:1MiB", "--", "true"]);
    const { version, steps } = JSON.parse(stdout);
    expect(version).toBe(1);
    expect(steps.map(({ number }: { readonly number: number }) => number)).toEqual(
      steps.map((_: unknown, index: number) => index + 1),
    );
    expect(JSON.stringify(steps)).toContain("/scratch");
  });
});
