// Inside a guest: one run of Bun over tests or attacks of the tree.
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../../..");
/** An emulated processor takes tens of times as long; what hangs is still ended. */
const TEST_MS = 300_000;

/** @param folder of a package @param files what `bun test` takes as names of files @returns whether all passed */
export function runTests(folder: string, files: readonly string[]): boolean {
  return runBun(folder, ["test", "--conditions=hutch-source", "--timeout", `${TEST_MS}`, ...files], folder);
}

/** @param args of `test:attacks` @returns whether each ended as it should */
export function runAttacks(args: readonly string[]): boolean {
  return runBun("attacks", ["--conditions=hutch-source", "apps/attacks/src/main.ts", ...args], ".");
}

function runBun(title: string, args: readonly string[], cwd: string): boolean {
  console.log(`\n--- ${title}`);
  const argv = [process.execPath, ...args];
  return Bun.spawnSync(argv, { cwd: join(root, cwd), stdio: ["ignore", "inherit", "inherit"] }).success;
}
