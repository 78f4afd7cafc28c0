// Where a pool's module is: on the host, and in the sandbox of its jobs.
import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { checkReadable } from "./check-readable.ts";
import type { PlacedRoot } from "./place-preload.ts";

const APP = "/app";

function existing(path: string, option: string): string {
  if (!existsSync(path)) throw new TypeError(`Cannot use ${option} = "${path}": there is no such file`);
  return realpathSync(path);
}

/** The root and every folder below it on the way to the module. What is above the root no job sees. */
function foldersTo(root: string, inside: string): string[] {
  const names = inside.split(sep).slice(0, -1);
  return [root, ...names.map((_, index) => join(root, ...names.slice(0, index + 1)))];
}

export interface PlacedModule {
  /** On the host. */
  readonly source: string;
  readonly path: string;
  readonly root: PlacedRoot;
}

/** @throws TypeError for what is no path of a file, is not in its root, or may not be read by jobs */
export function placeModule(given: string | URL, root: string | undefined): PlacedModule {
  const path = existing(pathOf(given), "module");
  if (!statSync(path).isFile()) throw new TypeError(`Cannot use module = "${path}": it is not a file`);
  const folder = root === undefined ? dirname(path) : existing(resolve(root), "root");
  const inside = relative(folder, path);
  if (inside.startsWith("..") || isAbsolute(inside))
    throw new TypeError(`Cannot use root = "${folder}": the module "${path}" is not in it`);
  if (folder === sep)
    throw new TypeError(
      'Cannot use root = "/": the module would see the whole machine; move it to a folder of its own',
    );
  for (const way of foldersTo(folder, inside)) checkReadable(root === undefined ? "module" : "root", way);
  checkReadable("module", path);
  return { source: path, path: `${APP}/${inside}`, root: { folder, path: APP } };
}

function pathOf(given: unknown): string {
  const shown = given instanceof URL ? given.href : given;
  if (typeof shown !== "string" || (given instanceof URL && given.protocol !== "file:"))
    throw new TypeError(`Cannot use module = ${JSON.stringify(shown)}: expected a path or a file URL`);
  return shown.startsWith("file:") ? fileURLToPath(shown) : resolve(shown);
}
