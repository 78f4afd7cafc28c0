// What the long form consists of: every file of kernel tests, and every scenario of the attack suite.
import { join } from "node:path";
import { readPackages, workspaceRoot } from "../workspace.ts";

/** It measures times, which are nobody's in a guest. */
const NOT_HERE = "apps/bench";
const TESTS = new Bun.Glob("test/kernel/**/*.test.ts");
const ATTACK = "attack/";

/** @returns paths of test files, relative to the root, and `attack/SCENARIO`; few and short ones first */
export async function listParts(): Promise<readonly string[]> {
  const files: string[][] = [];
  for (const { folder } of await readPackages()) {
    if (folder === NOT_HERE) continue;
    const found = [...TESTS.scanSync({ cwd: join(workspaceRoot, folder) })].map((file) => `${folder}/${file}`);
    files.push(found.toSorted());
  }
  return [...files.toSorted((a, b) => a.length - b.length).flat(), ...listAttacks()];
}

/** The tool may not import the suite, so it asks it. */
function listAttacks(): string[] {
  const main = join(workspaceRoot, "apps/attacks/src/main.ts");
  const argv = [process.execPath, "--conditions=hutch-source", main, "--list"];
  const { exitCode, stdout, stderr } = Bun.spawnSync(argv, { cwd: workspaceRoot });
  if (exitCode !== 0) throw new Error(`Cannot list the attacks: status ${exitCode}: ${stderr}`);
  return stdout
    .toString()
    .trim()
    .split("\n")
    .map((name) => `${ATTACK}${name}`);
}
