// What the tools know about this workspace: where it is and which packages it holds.

import { join, resolve } from "node:path";

export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the root, with forward slashes. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

export const workspaceRoot: string = resolve(import.meta.dir, "..");

export async function readPackages(root: string = workspaceRoot): Promise<WorkspacePackage[]> {
  const { workspaces } = await Bun.file(join(root, "package.json")).json();
  const packages: WorkspacePackage[] = [];
  for (const pattern of workspaces.packages ?? workspaces) {
    for await (const file of new Bun.Glob(`${pattern}/package.json`).scan({ cwd: root })) {
      const manifest: Manifest = await Bun.file(join(root, file)).json();
      packages.push({ name: manifest.name, folder: file.slice(0, -"/package.json".length), manifest });
    }
  }
  return packages.sort((a, b) => a.folder.localeCompare(b.folder));
}
