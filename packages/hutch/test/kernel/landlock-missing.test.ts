// A kernel without landlock, a machine with it switched off, and a filter around us that forbids it: each is a refusal with
// its reason and what to change, and an explicit option runs without it and says so.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const INDEX = join(import.meta.dir, "../../src/index.ts");
const DENIES = join(import.meta.dir, "hosts/denies-calls.ts");
const ENOSYS = 38;
const EOPNOTSUPP = 95;
const EPERM = 1;

interface Told {
  readonly name: string;
  readonly message: string;
  readonly hints?: readonly string[];
  readonly landlock?: { readonly state: string; readonly why: string };
  readonly wrote?: string;
}

function runWithout(errno: number, call: string, policy: string): Told {
  const folder = mkdtempSync(join(tmpdir(), "hutch-test-"));
  try {
    const program = join(folder, "program.ts");
    writeFileSync(
      program,
      `import { run } from ${JSON.stringify(INDEX)};
      const script = "{ echo 0 > /proc/self/coredump_filter; } 2>/dev/null && echo wrote";
      const told = await run(["/bin/sh", "-c", script], { policy: ${policy} }).then(
        ({ verdict, report, stdout }) => ({
          name: "ran", message: verdict.reason, wrote: stdout.toString(),
          landlock: report.isolation.controls.find(({ name }) => name === "landlock"),
        }),
        ({ name, message, hints }) => ({ name, message, hints }),
      );
      console.log(JSON.stringify(told));`,
    );
    const bun = [process.execPath, "--conditions=hutch-source"];
    const { stdout, stderr } = Bun.spawnSync([...bun, DENIES, `${errno}`, call, ...bun, program]);
    expect(stderr.toString()).toBe("");
    return JSON.parse(stdout.toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  [ENOSYS, "landlock_create_ruleset", "this kernel is built without landlock", "CONFIG_SECURITY_LANDLOCK"],
  [EOPNOTSUPP, "landlock_create_ruleset", "landlock is switched off on this machine", "lsm= parameter"],
  [
    EPERM,
    "landlock_create_ruleset",
    "the kernel refused to say which landlock it has: EPERM",
    "seccomp profile that allows",
  ],
  [
    EPERM,
    "landlock_restrict_self",
    "the kernel refused restrict self",
    "seccomp profile that allows landlock_create_ruleset",
  ],
])("errno %i from %s refuses, says why and what to change", (errno, call, why, fix) => {
  const told = runWithout(errno, call, "{}");
  expect(told).toMatchObject({ name: "SandboxRefusedError" });
  expect(told.message).toStartWith("Cannot start the sandbox: landlock (");
  expect(told.message).toContain(why);
  expect(told.hints?.join()).toContain(fix);
});

test.each([
  [ENOSYS, "landlock_create_ruleset"],
  [EPERM, "landlock_restrict_self"],
])("errno %i from %s with bestEffort runs without it and reports that", (errno, call) => {
  const told = runWithout(errno, call, '{ bestEffort: ["landlock"] }');
  expect(told).toMatchObject({ name: "ran", wrote: "wrote\n", landlock: { state: "unavailable" } });
});

test("policy.tcp is refused without it", () => {
  const told = runWithout(ENOSYS, "landlock_create_ruleset", "{ tcp: { connect: [], bind: [] } }");
  expect(told).toMatchObject({ name: "SandboxRefusedError" });
});
