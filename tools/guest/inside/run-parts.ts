// Inside a guest: the parts of the long form that its list names, one package after the other, and the attacks at the end.
import { readFileSync } from "node:fs";
import { runAttacks, runTests } from "./run-bun.ts";

const ATTACK = "attack/";

const [list = ""] = process.argv.slice(2);
const parts = readFileSync(list, "utf8").split("\n").filter(Boolean);
const attacks = parts.filter((part) => part.startsWith(ATTACK)).map((part) => part.slice(ATTACK.length));
const files = parts.filter((part) => !part.startsWith(ATTACK));
let passed = true;
for (const [folder, paths] of Map.groupBy(files, (path) => path.split("/").slice(0, 2).join("/"))) {
  const names = paths.map((path) => `.${path.slice(folder.length)}`);
  passed = runTests(folder, names) && passed;
}
if (attacks.length > 0) passed = runAttacks(["--progress", ...attacks]) && passed;
process.exit(passed ? 0 : 1);
