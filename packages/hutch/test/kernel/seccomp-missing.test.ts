// A kernel without seccomp filters, a filter around us that forbids another one, and an engine that listens to our calls already:
// each is a refusal with its reason and what to change, and an explicit option runs without it and says so.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { syscallNumber } from "@hutch/syscall";

const INDEX = join(import.meta.dir, "../../src/index.ts");
const DENIES = join(import.meta.dir, "hosts/denies-calls.ts");
const [EPERM, EBUSY, EINVAL] = [1, 16, 22];

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints?: readonly string[];
  readonly seccomp?: { readonly state: string; readonly why: string };
}

/** What a program prints under a filter that lets nobody call seccomp(2). */
function underRefusal(errno: number, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  try {
    const program = join(folder, "program.ts");
    writeFileSync(program, text);
    const bun = [process.execPath, "--conditions=hutch-source"];
    const { stdout, stderr } = Bun.spawnSync([...bun, DENIES, `${errno}`, "seccomp", ...bun, program]);
    expect(stderr.toString()).toBe("");
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runWithout(errno: number, policy: string): Told {
  return JSON.parse(
    underRefusal(
      errno,
      `import { run } from ${JSON.stringify(INDEX)};
      const told = await run(["/bin/true"], { policy: ${policy} }).then(
        ({ verdict, report }) => ({
          name: "ran", message: verdict.reason,
          seccomp: report.isolation.controls.find(({ name }) => name === "seccomp"),
        }),
        ({ name, message, hints }) => ({ name, message, hints }),
      );
      console.log(JSON.stringify(told));`,
    ),
  );
}

test.each([
  [EINVAL, "CONFIG_SECCOMP_FILTER"],
  [EPERM, "a seccomp profile that allows seccomp"],
  [EBUSY, "does not intercept system calls"],
])("errno %i from seccomp refuses, says why and what to change", (errno, fix) => {
  const told = runWithout(errno, "{}");
  expect(told).toMatchObject({ name: "SandboxRefusedError" });
  expect(told.message).toStartWith("Cannot start the sandbox: seccomp (");
  expect(told.hints?.join()).toContain(fix);
});

test("with bestEffort it runs without, and reports that", () => {
  const told = runWithout(EPERM, '{ bestEffort: ["seccomp"] }');
  expect(told).toMatchObject({ name: "ran", message: "it exited with 0", seccomp: { state: "unavailable" } });
});

test("with the filter switched off there is nothing to refuse", () => {
  const told = runWithout(EPERM, '{ syscalls: "off" }');
  expect(told).toMatchObject({ name: "ran", seccomp: { state: "off" } });
});

test("jobs of a pool are refused, or run without and say so, as commands are", () => {
  const told = (policy: string): unknown => JSON.parse(underRefusal(EPERM, poolProgram(policy)));
  expect(told("{}")).toMatchObject({ name: "SandboxRefusedError", message: expect.stringContaining("seccomp (") });
  expect(told('{ bestEffort: ["seccomp"] }')).toMatchObject({ value: 1, seccomp: { state: "unavailable" } });
});

function poolProgram(policy: string): string {
  const module = join(import.meta.dir, "jobs/call-by-number.ts");
  return `import { createPool } from ${JSON.stringify(INDEX)};
    const work = async () => {
      await using pool = await createPool({ module: ${JSON.stringify(module)}, policy: ${policy} });
      const outcome = await pool.execute("callByNumber", [${syscallNumber("getppid")}, []]);
      return { value: outcome.value, seccomp: outcome.report.isolation.controls.find(({ name }) => name === "seccomp") };
    };
    console.log(JSON.stringify(await work().catch(({ name, message }) => ({ name, message }))));`;
}
