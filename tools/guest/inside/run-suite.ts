// Inside a guest: the kernel tests of each package, one after the other, and then the attack suite.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readPackages } from "../../workspace.ts";

const root = resolve(import.meta.dir, "../../..");
/** An emulated processor takes tens of times as long; what hangs is still ended. */
const TEST_MS = 300_000;
/** The short form: where kernels differ, and what a user does first. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  "packages/linux-clone": ["cgroup.test", "clone-into-cgroup", "landlock", "attributes"],
  "packages/hutch": ["identity", "attributes"],
};

/** As root alone, and few: one scenario is four jobs and a pool, and takes half a minute of an emulated processor. */
const SHORT_ATTACKS = ["read-by-path", "reach-name"];

/** It measures times, which are nobody's in here. */
const NOT_HERE = "apps/bench";

const [suite = "full", ...only] = process.argv.slice(2);
let failed = 0;
for (const { folder } of await readPackages(root)) {
  const names = suite === "short" ? SHORT[folder] : [""];
  if (folder === NOT_HERE || names === undefined || (only.length > 0 && !only.some((name) => folder.endsWith(name))))
    continue;
  const cwd = join(root, folder);
  if (!existsSync(join(cwd, "test/kernel"))) continue;
  console.log(`\n--- ${folder}`);
  const argv = [
    process.execPath,
    "test",
    "--conditions=hutch-source",
    "--pass-with-no-tests",
    "--timeout",
    `${TEST_MS}`,
  ];
  const files = names.map((name) => `test/kernel/${name}`);
  const { exitCode } = Bun.spawnSync([...argv, ...files], { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) failed += 1;
}
const attacks = suite !== "short" || process.geteuid?.() === 0;
if (attacks && (only.length === 0 || only.includes("attacks"))) {
  console.log("\n--- apps/attacks");
  const argv = [process.execPath, "--conditions=hutch-source", "apps/attacks/src/main.ts"];
  const names = suite === "short" ? SHORT_ATTACKS : [];
  const { exitCode } = Bun.spawnSync([...argv, ...names], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
