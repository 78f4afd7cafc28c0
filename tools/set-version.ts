// Writes the version that changesets chose into the one source file that needs it. Run by `bun run version`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const { version } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8")) as { version: string };
const path = join(root, "packages/core/src/version.ts");
const source = readFileSync(path, "utf8");
const changed = source.replace(/HUTCH_VERSION = "[^"]*"/, `HUTCH_VERSION = "${version}"`);
if (!changed.includes(`"${version}"`)) throw new Error(`Cannot set the version: "${path}" does not hold it`);
writeFileSync(path, changed);
