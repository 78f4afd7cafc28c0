// Inside a guest: the kernel tests of each package, one after the other.
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

const [suite = "full", ...only] = process.argv.slice(2);
let failed = 0;
for (const { folder } of await readPackages(root)) {
  const names = suite === "short" ? SHORT[folder] : [""];
  if (names === undefined || (only.length > 0 && !only.some((name) => folder.endsWith(name)))) continue;
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
process.exit(failed === 0 ? 0 : 1);
