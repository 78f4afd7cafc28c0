import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnCli } from "../spawn-cli.ts";
import { ECHO, PRINT_HI } from "../wasm-modules.ts";
import { describeInSandbox } from "./need-sandbox.ts";

const TASK = join(import.meta.dir, "../fixtures/task.ts");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-cli-exec-"));
  chmodSync(folder, 0o755);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "echo.wasm"), ECHO);
  writeFileSync(join(folder, "hi.wasm"), PRINT_HI);
  writeFileSync(join(folder, "text.wasm"), "not wasm");
  writeFileSync(join(folder, "broken.ts"), "export default function (");
  writeFileSync(join(folder, "damaged.wasm"), ECHO.with(10, 0xff));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeInSandbox("sandbox-cli exec MODULE", () => {
  test.each([
    [[], '"hello nobody"\n'],
    [["--input", '{"name": "you"}'], '"hello you"\n'],
    [["--export", "add", "--args", "[1, 2]"], "3\n"],
    [["--export", "reversed", "--input", '{"$bytes": "AQID"}'], '{"$bytes":"AwIB"}\n'],
    [
      ["--export", "shapes"],
      '{"big":{"$bigint":"1180591620717411303424"},"bytes":{"$bytes":"AQID"},"map":{"$map":[["a",1]]},"date":{"$date":"1970-01-01T00:00:00.000Z"},"none":{"$undefined":true}}\n',
    ],
  ])("%j prints the result as JSON", async (args, expected) => {
    expect(await spawnCli(["exec", TASK, ...args])).toEqual({ status: 0, stdout: expected, stderr: "" });
  });

  test("takes the argument from stdin", async () => {
    const stdin = new TextEncoder().encode('{"name": "stdin"}');
    expect((await spawnCli(["exec", TASK, "--input", "-"], { stdin })).stdout).toBe('"hello stdin"\n');
  });

  test("--raw writes bytes as they are", async () => {
    const result = await spawnCli(["exec", TASK, "--raw", "--export", "reversed", "--input", '{"$bytes": "Y2Jh"}']);
    expect(result).toEqual({ status: 0, stdout: "abc", stderr: "" });
  });

  test("keeps stdout for the result: what the job prints goes to stderr", async () => {
    const { status, stdout, stderr } = await spawnCli(["exec", TASK, "--export", "prints"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "1\n" });
    expect(stderr).toBe("to stdout\nto stderr\n");
  });

  test("an error of the job is one line and its stack, with nothing that a terminal would act upon", async () => {
    const { status, stdout, stderr } = await spawnCli(["exec", TASK, "--export", "throws"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    const [first, second] = stderr.split("\n");
    expect(first).toStartWith("sandbox-cli: failed: TypeError: wrong ");
    expect(stderr).not.toContain("\u001b");
    expect(second).toMatch(/^ {4}at throws \(/);
  });

  test.each([
    [["--export", "nowhere"], 1, "failed"],
    [["--export", "notFunction"], 1, "failed"],
    [["--export", "returnsFunction"], 1, "failed"],
    [["--export", "spins", "--cpu", "150ms", "--wall", "60s"], 124, "cpu-limit"],
  ])("%j ends with %d and %s", async (args, expected, verdict) => {
    const { status, stdout, stderr } = await spawnCli(["exec", TASK, ...args]);
    expect(stderr).toStartWith(`sandbox-cli: ${verdict}: `);
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
  });

  test("a module that does not parse is the job's failure", async () => {
    const { status, stderr } = await spawnCli(["exec", join(folder, "broken.ts")]);
    expect(stderr).toStartWith("sandbox-cli: failed: ");
    expect(status).toBe(1);
  });

  test.each([
    ['import { a } from "../other.ts"; export default () => a;', "Cannot find module '../other.ts'"],
    ['import a from "no-such-package"; export default () => a;', "Cannot find package 'no-such-package'"],
    ['export default async () => (await import("../other.ts")).a;', "Cannot find module '../other.ts'"],
  ])("an import that its folder does not have is answered with --root: %s", async (source, message) => {
    const project = join(folder, "project");
    mkdirSync(join(project, "app"), { recursive: true });
    writeFileSync(join(project, "other.ts"), "export const a = 1;");
    const module = join(project, "app", "imports.ts");
    writeFileSync(module, source);
    const { status, stderr } = await spawnCli(["exec", module]);
    expect(stderr).toStartWith(`sandbox-cli: failed: ResolveMessage: ${message}`);
    expect(stderr).toContain(
      `\n  /app is ${join(project, "app")}, and the module sees nothing above it\n  --root FOLDER shows`,
    );
    expect(status).toBe(1);
    if (!source.includes("other.ts")) return;
    expect(await spawnCli(["exec", "--root", project, module])).toEqual({ status: 0, stdout: "1\n", stderr: "" });
  });

  test("writes the report", async () => {
    const path = join(folder, "report.json");
    await spawnCli(["exec", TASK, "--report", path]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 1, status: "ok", exitCode: 0 });
  });
});

describeInSandbox("sandbox-cli prepare and exec of WebAssembly", () => {
  test("prepare writes an artifact that exec runs: bytes in, bytes out", async () => {
    const artifact = join(folder, "echo.hutch");
    const prepared = await spawnCli(["prepare", join(folder, "echo.wasm"), "-o", artifact]);
    expect(prepared).toEqual({
      status: 0,
      stdout: "",
      stderr: `sandbox-cli: prepared "${artifact}": ${ECHO.byteLength} B, functions: alloc, echo\n`,
    });
    const args = ["exec", artifact, "--export", "echo"];
    expect(await spawnCli([...args, "--input", "hé"])).toEqual({
      status: 0,
      stdout: '{"$bytes":"aMOp"}\n',
      stderr: "",
    });
    const stdin = new TextEncoder().encode("raw bytes");
    expect(await spawnCli([...args, "--raw", "--input", "-"], { stdin })).toEqual({
      status: 0,
      stdout: "raw bytes",
      stderr: "",
    });
  });

  test("a raw wasm file is prepared first", async () => {
    const result = await spawnCli(["exec", join(folder, "echo.wasm"), "--export", "echo", "--raw", "--input", "x"]);
    expect(result).toEqual({ status: 0, stdout: "x", stderr: "" });
  });

  test("a WASI command owns stdout", async () => {
    expect(await spawnCli(["exec", join(folder, "hi.wasm"), "--", "one"])).toEqual({
      status: 0,
      stdout: "hi\n",
      stderr: "",
    });
  });

  test.each([
    [["exec", "echo.wasm"], 2, "sandbox-cli: --export is missing\n  functions of this module: alloc, echo\n"],
    [["exec", "echo.wasm", "--export", "no"], 2, "sandbox-cli: --export no: there is no such function\n"],
    [["exec", "hi.wasm", "--export", "no"], 2, "sandbox-cli: --export: this is a WASI command"],
    [
      ["exec", "text.wasm"],
      2,
      'sandbox-cli: Cannot use "text.wasm": it is none of the files that exec takes\n  a module: .ts',
    ],
    [["prepare", "text.wasm", "-o", "x.hutch"], 1, "sandbox-cli: failed: "],
    [["prepare", "damaged.wasm", "-o", "x.hutch"], 1, "sandbox-cli: failed: "],
    [
      ["prepare", "echo.wasm", "-o", "/nowhere/x.hutch"],
      125,
      'sandbox-cli: Cannot write "/nowhere/x.hutch": there is no such file or folder\n',
    ],
  ])("%j: status %d", async (args, expected, message) => {
    const { status, stdout, stderr } = await spawnCli(args, { cwd: folder });
    expect(stderr).toStartWith(message);
    expect(stderr).not.toContain("bug");
    expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
  });

  test("a damaged artifact is refused", async () => {
    const artifact = join(folder, "flipped.hutch");
    await spawnCli(["prepare", join(folder, "echo.wasm"), "-o", artifact]);
    const bytes = readFileSync(artifact);
    writeFileSync(artifact, bytes.with(bytes.byteLength - 2, 0));
    const { status, stderr } = await spawnCli(["exec", artifact, "--export", "echo"]);
    expect(stderr).toStartWith("sandbox-cli: Cannot use the artifact: ");
    expect(status).toBe(125);
  });
});
