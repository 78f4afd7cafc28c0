// Builds the package in the current folder into dist/.
//   bun ../../tools/build-package.ts [--program] [FILE…]
// tsc emits modules and types; every FILE becomes one self-contained file of the same name.
// --program: the package is only a program, so nothing but its bin entry and the bundles stays in dist. The bundles come with
// bytecode for this version of Bun, another version compiles the text: parsing takes longer than a short run may.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const args = process.argv.slice(2);
const isProgram = args.includes("--program");
const bundled = args.filter((arg) => !arg.startsWith("--"));

rmSync("dist", { recursive: true, force: true });
const emit = Bun.spawnSync(["tsc", "-p", "tsconfig.build.json"], { stdio: ["ignore", "inherit", "inherit"] });
if (emit.exitCode !== 0) process.exit(1);
copyAssets();

if (isProgram) {
  const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
  const kept = new Set(Object.values<string>(bin).map((file) => basename(file)));
  for (const file of readdirSync("dist")) if (!kept.has(file)) rmSync(join("dist", file), { recursive: true });
  for (const file of kept) skipTranspiler(join("dist", file));
}
for (const entry of bundled) await bundle(entry);

/** What tsc leaves behind but the modules read: C sources, JSON, prebuilt bytes. */
function copyAssets(): void {
  for (const file of new Bun.Glob("**/*").scanSync({ cwd: "src" })) {
    if (/\.[cm]?tsx?$/.test(file)) continue;
    mkdirSync(dirname(join("dist", file)), { recursive: true });
    cpSync(join("src", file), join("dist", file));
  }
}

/** Marks what tsc emitted as what Bun needs not look through again, on the line after the one that names the interpreter. */
function skipTranspiler(file: string): void {
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(/^#!.*\n/, (line) => `${line}// @bun\n`),
  );
}

async function bundle(entry: string): Promise<void> {
  if (!existsSync(entry)) throw new Error(`Cannot bundle "${entry}": no such file`);
  const result = await Bun.build({
    entrypoints: [entry],
    outdir: "dist",
    target: "bun",
    conditions: ["hutch-source"],
    sourcemap: "linked",
    minify: isProgram ? true : { syntax: true, whitespace: false, identifiers: false },
    // Bytecode is for CommonJS only, which has no import.meta.
    ...(isProgram && { bytecode: true, format: "cjs", define: { "import.meta.resolve": "require.resolve" } }),
  });
  for (const output of result.outputs) {
    if (output.kind === "asset" || output.kind === "chunk")
      throw new Error(`Cannot bundle "${entry}" into one file: it also needs "${basename(output.path)}"`);
  }
}
