import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { COMMAND_NAMES } from "../src/option-table.ts";
import { cliCommand, spawnCli } from "./spawn-cli.ts";

describe("sandbox-cli", () => {
  test("--help and COMMAND --help go to stdout and exit with 0", async () => {
    for (const args of [["--help"], ["-h"], ["help"], ...COMMAND_NAMES.map((name) => [name, "--help"])]) {
      const { status, stdout, stderr } = await spawnCli(args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toStartWith("Usage: sandbox-cli");
      expect(stdout).toContain("Examples:");
    }
  });

  test("--version names sandbox-cli, Bun and the kernel", async () => {
    const { status, stdout } = await spawnCli(["--version"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^sandbox-cli \d+\.\d+\.\d+ \(Bun \d+\.\d+\.\d+, Linux \S+\)\n$/);
  });

  test.each([
    [[], "sandbox-cli: a command is missing\n"],
    [["rnu"], 'sandbox-cli: unknown command "rnu"; did you mean run?\n'],
    [
      ["bench", "--quick"],
      "sandbox-cli: the bench is not installed beside this sandbox-cli\n  in a project: bun add --dev sandbox-cli @hutch/bench",
    ],
    [["--verbose"], 'sandbox-cli: unknown option "--verbose"\n'],
    [["run", "true"], 'sandbox-cli: unexpected argument "true"\n  put -- before what the job gets'],
    [
      ["run", "--mem", "1MiB", "--", "true"],
      "sandbox-cli: unknown option --mem; did you mean --memory?\n  options of run: --policy, --cpu",
    ],
    [
      ["run", "--memory", "256", "--", "true"],
      "sandbox-cli: --memory 256: expected a size with a unit, such as 256MiB",
    ],
    [["run", "--ro", "/nowhere", "--", "true"], 'sandbox-cli: --ro /nowhere: "/nowhere" does not exist\n'],
    [["run", "--", ""], "sandbox-cli: Cannot run a command: the program's name is empty\n"],
    [["exec", "nowhere.wasm"], 'sandbox-cli: Cannot read "nowhere.wasm": there is no such file or folder\n'],
    [
      ["exec", import.meta.dir.replace(/test$/, "package.json")],
      `sandbox-cli: Cannot use "${import.meta.dir.replace(/test$/, "package.json")}": it is none of the files that exec takes\n  a module: .ts`,
    ],
    [["exec", "nowhere.ts"], 'sandbox-cli: Cannot use module = "'],
    [["prepare", "a.wasm"], "sandbox-cli: -o ARTIFACT is missing\n"],
    [
      ["prepare", "nowhere.wasm", "-o", "x"],
      'sandbox-cli: Cannot read "nowhere.wasm": there is no such file or folder\n',
    ],
  ])("%j is wrong usage: status 2, one message on stderr, no stack trace", async (args, message) => {
    const { status, stdout, stderr } = await spawnCli(args);
    expect(stderr).toStartWith(message);
    expect(stderr).not.toContain("    at ");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test.each(["/nowhere/report.json", "/dev/null/report.json", "/"])(
    "a report that can not be written to %s is known before the job runs: status 125",
    async (path) => {
      const { status, stdout, stderr } = await spawnCli(["run", "--report", path, "--", "echo", "ran"]);
      expect({ status, stdout }).toEqual({ status: 125, stdout: "" });
      expect(stderr).toStartWith(`sandbox-cli: Cannot write the report "${path}": `);
    },
  );

  test("ends quietly when nobody reads its help", async () => {
    const child = Bun.spawn(["sh", "-c", '"$@" | true; echo "$?"', "sh", ...cliCommand(["--help"])], {
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await child.stderr.text()).toBe("");
    expect(await child.exited).toBe(0);
  });

  test.skipIf(Bun.which("node") === null)(
    "says that it needs Bun when Node starts it (skipped without Node)",
    async () => {
      const source = await Bun.file(join(import.meta.dir, "../src/main.ts")).text();
      const script = new Bun.Transpiler({ loader: "ts" }).transformSync(source);
      const child = Bun.spawn(["node", "--input-type=module", "-e", script], { stdout: "pipe", stderr: "pipe" });
      expect(await child.stderr.text()).toMatch(
        /^sandbox-cli: Cannot start: this is Node\.js [\d.]+, and Bun 1\.4\.5 or newer is needed\n/,
      );
      expect(await child.exited).toBe(125);
    },
  );
});
