// Where a trusted module is inside a pool's sandbox, so that a job's import finds the very module that the worker evaluated.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileEntry } from "@hutch/core";

/** The folder of the module that jobs call, and where they see it. */
export interface PlacedRoot {
  readonly folder: string;
  readonly path: string;
}

export interface PlacedPreload {
  /** What the worker imports. */
  readonly path: string;
  readonly files: readonly FileEntry[];
}

/** Every job has these of its own: what the worker sees in them no job does. */
const HIDDEN = ["/tmp", "/dev/shm"];
const SHOWN_INSTEAD = "/preload";
/** The last place where an import of a package looks, from wherever in the sandbox. */
const PACKAGES = "/node_modules";

/**
 * @param specifier a package's name, looked up from the program's folder and then from the current one, or a path or file URL
 * @throws TypeError when it is not found
 */
export function placePreload(specifier: string, root: PlacedRoot | null): PlacedPreload {
  const found = resolvePreload(specifier);
  if (root !== null && isIn(found, root.folder))
    return { path: root.path + found.slice(root.folder.length), files: [] };
  // A package is seen with the node_modules folder that it is in, which has what it imports; a file with its own folder.
  const at = found.indexOf(`${sep}node_modules${sep}`);
  const folder = at < 0 ? dirname(found) : found.slice(0, at + `${sep}node_modules`.length);
  const shown = (path: string): string => (HIDDEN.some((hidden) => isIn(path, hidden)) ? SHOWN_INSTEAD + path : path);
  const files: FileEntry[] = [{ kind: "read-only", source: folder, path: shown(folder) }];
  const name =
    packageName(specifier) ?? (at < 0 ? null : packageName(found.split(`${sep}node_modules${sep}`).at(-1) ?? ""));
  if (name !== null) files.push({ kind: "symlink", path: `${PACKAGES}/${name}`, target: shown(packageFolder(found)) });
  return { path: shown(found), files };
}

/** The entries of all of them, each once. */
export function preloadFiles(placed: readonly PlacedPreload[]): FileEntry[] {
  return [...new Map(placed.flatMap(({ files }) => files).map((entry) => [entry.path, entry])).values()];
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

/** Its path on the host. @throws TypeError when it is not found */
export function resolvePreload(specifier: string): string {
  const given = specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
  // TRUST: not from the folder of the module that jobs call. A package that lies there may be as untrusted as the module.
  const origins = packageName(given) === null ? [process.cwd()] : [dirname(Bun.main), process.cwd()];
  for (const origin of origins) {
    try {
      const path = Bun.resolveSync(given, origin);
      if (isAbsolute(path)) return realpathSync(path);
    } catch (cause) {
      if (origin !== origins.at(-1)) continue;
      throw new TypeError(`Cannot preload "${specifier}": it is not found from "${origins.join('" or "')}"`, { cause });
    }
  }
  throw new TypeError(`Cannot preload "${specifier}": it is a part of the runtime, which every job has`);
}

/** `name` or `@scope/name` of a package; null for a path. */
function packageName(specifier: string): string | null {
  if (/^(\.{0,2}\/|\.{1,2}$|[a-z]+:)/.test(specifier)) return null;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The nearest folder above a file whose package.json has a name. */
function packageFolder(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && "name" in JSON.parse(readFileSync(manifest, "utf8"))) return folder;
    if (folder === dirname(folder)) return dirname(file);
  }
}
