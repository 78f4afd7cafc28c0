// Inside a guest: the short form, one package after the other, and then a few attacks.
import { runAttacks, runTests } from "./run-bun.ts";

/** Where kernels differ, and what a user does first. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  "packages/hutch": ["identity", "attributes"],
  "packages/linux-clone": ["cgroup.test", "clone-into-cgroup", "landlock", "attributes"],
};
/** As root alone, and few: one scenario is four jobs and a pool, and takes half a minute of an emulated processor. */
const ATTACKS = ["read-by-path", "reach-name"];

let passed = true;
for (const [folder, names] of Object.entries(TESTS)) {
  const files = names.map((name) => `test/kernel/${name}`);
  passed = runTests(folder, files) && passed;
}
if (process.geteuid?.() === 0) passed = runAttacks(ATTACKS) && passed;
process.exit(passed ? 0 : 1);
