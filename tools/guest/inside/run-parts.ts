// Inside a guest: the parts of the long form that its list names, one package after the other, and the attacks at the end.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../../..");
/** An emulated processor takes tens of times as long; what hangs is still ended. */
const TEST_MS = 300_000;
const ATTACK = "attack/";

const [list = ""] = process.argv.slice(2);
const parts = readFileSync(list, "utf8").split("\n").filter(Boolean);
const attacks = parts.filter((part) => part.startsWith(ATTACK)).map((part) => part.slice(ATTACK.length));
const files = parts.filter((part) => !part.startsWith(ATTACK));
let failed = 0;
for (const [folder, paths] of Map.groupBy(files, (path) => path.split("/").slice(0, 2).join("/"))) {
  const names = paths.map((path) => `.${path.slice(folder.length)}`);
  start(folder, ["test", "--conditions=hutch-source", "--timeout", `${TEST_MS}`, ...names], folder);
}
if (attacks.length > 0)
  start("attacks", ["--conditions=hutch-source", "apps/attacks/src/main.ts", "--progress", ...attacks], ".");
process.exit(failed === 0 ? 0 : 1);

function start(title: string, args: readonly string[], cwd: string): void {
  console.log(`\n--- ${title}`);
  const argv = [process.execPath, ...args];
  const { exitCode } = Bun.spawnSync(argv, { cwd: join(root, cwd), stdio: ["ignore", "inherit", "inherit"] });
  if (exitCode !== 0) failed += 1;
}
