// Inside a guest: the short form, one package after the other, and then a few attacks.
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../../..");
/** An emulated processor takes tens of times as long; what hangs is still ended. */
const TEST_MS = 300_000;
/** Where kernels differ, and what a user does first. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  "packages/hutch": ["identity", "attributes"],
  "packages/linux-clone": ["cgroup.test", "clone-into-cgroup", "landlock", "attributes"],
};
/** As root alone, and few: one scenario is four jobs and a pool, and takes half a minute of an emulated processor. */
const ATTACKS = ["read-by-path", "reach-name"];

let failed = 0;
for (const [folder, names] of Object.entries(TESTS)) {
  const files = names.map((name) => `test/kernel/${name}`);
  start(folder, ["test", "--conditions=hutch-source", "--timeout", `${TEST_MS}`, ...files], folder);
}
if (process.geteuid?.() === 0)
  start("apps/attacks", ["--conditions=hutch-source", "apps/attacks/src/main.ts", ...ATTACKS], ".");
process.exit(failed === 0 ? 0 : 1);

function start(title: string, args: readonly string[], cwd: string): void {
  console.log(`\n--- ${title}`);
  const argv = [process.execPath, ...args];
  const { exitCode } = Bun.spawnSync(argv, { cwd: join(root, cwd), stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) failed += 1;
}
