// Holds the packed tarballs against what an installing project needs: publint, are-the-types-wrong, no workspace specifiers.
//   bun tools/check-packages.ts        (packs what is in dist; build first)

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packAll, type Tarball } from "./pack.ts";
import { type Manifest, workspaceRoot } from "./workspace.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-packages-"));
try {
  const tarballs = await packAll(folder);
  const problems = (await Promise.all(tarballs.map(checkTarball))).flat();
  for (const problem of problems) console.error(problem);
  console.log(`${tarballs.length} tarballs checked, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

async function checkTarball(tarball: Tarball): Promise<string[]> {
  const files = await new Bun.Archive(await Bun.file(tarball.path).bytes()).files();
  const text = (await files.get("package/package.json")?.text()) ?? "{}";
  const manifest: Manifest = JSON.parse(text);
  const problems = /"(workspace|catalog):/.exec(text)?.map((found) => `package.json still says ${found}`) ?? [];
  problems.push(...missingFiles(manifest, new Set(files.keys())), ...(await lint(tarball, manifest)));
  if (manifest.exports?.["."] !== undefined) problems.push(...checkTypes(tarball));
  return problems.map((problem) => `${tarball.name}: ${problem}`);
}

/** Every path of `exports` and `bin` has to be in the tarball, the source condition included. */
function missingFiles({ exports = {}, bin = {} }: Manifest, files: ReadonlySet<string>): string[] {
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? entry : Object.values(entry)));
  return [...entries, ...Object.values(bin)]
    .filter((entry) => !files.has(entry.replace(/^\./, "package")))
    .map((entry) => `"${entry}" is not in the tarball`);
}

async function lint(tarball: Tarball, manifest: Manifest): Promise<string[]> {
  const bytes = readFileSync(tarball.path);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false }) ?? message.code}`);
}

function checkTypes({ path }: Tarball): string[] {
  const attw = join(workspaceRoot, "node_modules/.bin/attw");
  const command = [attw, path, "--profile", "esm-only", "--no-definitely-typed", "--no-emoji", "--no-color"];
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...command]);
  return exitCode === 0 ? [] : [`are-the-types-wrong:\n${stdout}${stderr}`];
}
