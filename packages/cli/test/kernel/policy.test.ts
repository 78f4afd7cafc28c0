import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnCli } from "../spawn-cli.ts";
import { describeInSandbox } from "./need-sandbox.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-cli-policy-"));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "work"));
  chmodSync(join(folder, "work"), 0o777);
  writeFileSync(join(folder, "work/file"), "text");
  writeFileSync(
    join(folder, "policy.json"),
    JSON.stringify({
      extends: "agent",
      files: [{ kind: "overlay", source: "work", path: "/workspace" }],
      env: { MODE: "file" },
      limits: { openFiles: 77 },
    }),
  );
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ netwrok: "none" }));
});
afterAll(() => rmSync(folder, { recursive: true }));
const sh = (script: string, ...options: string[]): string[] => ["run", ...options, "--", "sh", "-c", script];

describeInSandbox("--policy", () => {
  test("of a file: its files, variables and limits hold, and options lie over them", async () => {
    const policy = ["--policy", join(folder, "policy.json")];
    const script = "cat file; echo changed > new; ls; echo $MODE $MORE; ulimit -n; pwd";
    const { stdout, status } = await spawnCli(sh(script, ...policy, "--env", "MORE=option"));
    expect(status).toBe(0);
    expect(stdout).toBe("textfile\nnew\nfile option\n77\n/workspace\n");
    expect(existsSync(join(folder, "work/new"))).toBe(false);
    expect((await spawnCli(sh("echo $MODE; pwd", ...policy, "--env", "MODE=x", "--cwd", "/tmp"))).stdout).toBe(
      "x\n/tmp\n",
    );
  });

  test("of a preset, for run, exec and explain", async () => {
    expect((await spawnCli(sh("ulimit -n", "--policy", "strict"))).stdout).toBe("64\n");
    const { stdout } = await spawnCli(["explain", "--policy", "agent", "--json", "--", "true"]);
    expect(JSON.parse(stdout).steps.map(({ name }: { readonly name: string }) => name)).toContain("mount terminals");
    const module = join(folder, "task.ts");
    writeFileSync(module, "export default (n: number): number => n + 1;\n");
    const called = await spawnCli(["exec", "--policy", "strict", module, "--input", "41"]);
    expect(called).toMatchObject({ status: 0, stdout: "42\n" });
  });

  test("that is wrong is wrong usage: the name, the nearest one and the file", async () => {
    const file = join(folder, "wrong.json");
    const { status, stdout, stderr } = await spawnCli(sh("true", "--policy", file));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `sandbox-cli: --policy ${file}: Cannot use option "policy.netwrok": it is not known; did you mean "network"? (in "${file}")\n`,
    );
    const unknown = await spawnCli(sh("true", "--policy", "tolchain"));
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('did you mean "toolchain"?');
  });
});

describeInSandbox("--overlay, --rootfs and --terminal", () => {
  test("an overlay takes changes that the folder does not get", async () => {
    const args = sh("echo x > /w/new; ls /w", "--overlay", `${join(folder, "work")}:/w`);
    expect((await spawnCli(args)).stdout).toBe("file\nnew\n");
    expect(existsSync(join(folder, "work/new"))).toBe(false);
  });

  test("terminals are there when they are asked for", async () => {
    expect((await spawnCli(sh("ls /dev/pts 2>/dev/null", "--terminal"))).stdout).toBe("ptmx\n");
    expect((await spawnCli(sh("ls /dev/pts 2>/dev/null"))).stdout).toBe("");
  });

  test("a root file system without a shell has none", async () => {
    const root = join(folder, "rootfs");
    mkdirSync(root);
    const { status, stderr } = await spawnCli(sh("true", "--rootfs", root));
    expect(status).toBe(127);
    expect(stderr).toContain("sh");
  });
});
