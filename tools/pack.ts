// Builds every publishable package and packs it as a tarball.
//   bun tools/pack.ts FOLDER

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readPackages, type WorkspacePackage, workspaceRoot } from "./workspace.ts";

export interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** Packs what is in dist now; building it is the caller's business. */
export async function packAll(folder: string): Promise<Tarball[]> {
  mkdirSync(folder, { recursive: true });
  const publishable = (await readPackages()).filter(({ manifest }) => manifest.private !== true);
  return publishable.map((entry) => pack(entry, folder));
}

function pack({ name, folder, manifest }: WorkspacePackage, destination: string): Tarball {
  const cwd = join(workspaceRoot, folder);
  // npm shows the licence of the package, not of the repository that it came from.
  const licence = join(cwd, "LICENSE");
  copyFileSync(join(workspaceRoot, "LICENSE"), licence);
  try {
    const command = [process.execPath, "pm", "pack", "--quiet", "--ignore-scripts", "--destination", destination];
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd });
    if (exitCode !== 0) throw new Error(`Cannot pack "${name}": ${stderr.toString().trim()}`);
    const file = basename(stdout.toString().trim());
    return { name, version: manifest.version, path: join(destination, file) };
  } finally {
    rmSync(licence);
  }
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error("Usage: bun tools/pack.ts FOLDER");
    process.exit(2);
  }
  const build = Bun.spawnSync([process.execPath, "tools/task.ts", "build"], {
    cwd: workspaceRoot,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (build.exitCode !== 0) process.exit(1);
  for (const { path } of await packAll(resolve(folder))) console.log(path);
}
