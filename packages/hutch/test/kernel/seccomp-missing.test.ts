// A kernel without seccomp filters, a filter around us that forbids another one, and an engine that listens to our calls already:
// each is a refusal with its reason and what to change, and an explicit option runs without it and says so.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INDEX = join(import.meta.dir, "../../src/index.ts");
const DENIES = join(import.meta.dir, "hosts/denies-calls.ts");
const [EPERM, EBUSY, EINVAL] = [1, 16, 22];

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints?: readonly string[];
  readonly seccomp?: { readonly state: string; readonly why: string };
}

function runWithout(errno: number, policy: string): Told {
  const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  try {
    const program = join(folder, "program.ts");
    writeFileSync(
      program,
      `import { run } from ${JSON.stringify(INDEX)};
      const told = await run(["/bin/true"], { policy: ${policy} }).then(
        ({ verdict, report }) => ({
          name: "ran", message: verdict.reason,
          seccomp: report.isolation.controls.find(({ name }) => name === "seccomp"),
        }),
        ({ name, message, hints }) => ({ name, message, hints }),
      );
      console.log(JSON.stringify(told));`,
    );
    const bun = [process.execPath, "--conditions=hutch-source"];
    const { stdout, stderr } = Bun.spawnSync([...bun, DENIES, `${errno}`, "seccomp", ...bun, program]);
    expect(stderr.toString()).toBe("");
    return JSON.parse(stdout.toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
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
