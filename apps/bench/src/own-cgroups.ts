// Where this process may make cgroups of its own: the folders that it is in, of the trees that a job of ours joins.
import { accessSync, constants, readFileSync } from "node:fs";

const TREES = ["memory", "pids", "cpuacct"];

/** Folders of cgroup version 1's three trees, or the one of version 2; empty where this user may make none. */
export function ownCgroups(): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const joined = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const folders = joined.flatMap((line) => {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const names = controllers.split(",");
    const mount = mounts.find((entry) => isTree(entry, controllers, names))?.split(" ")[4];
    return mount === undefined ? [] : [{ names, folder: `${mount}${path === "/" ? "" : path}` }];
  });
  const first = TREES.map((tree) => folders.find(({ names }) => names.includes(tree))?.folder);
  const second = folders.find(({ names }) => names[0] === "")?.folder;
  const wanted = first.every((folder) => folder !== undefined) ? first : [second];
  return wanted.filter((folder) => folder !== undefined).filter(isWritable);
}

/** The fields behind the dash: kind of file system, source, options. */
function isTree(entry: string, controllers: string, names: readonly string[]): boolean {
  const [kind, , options = ""] = entry.split(" - ")[1]?.split(" ") ?? [];
  if (controllers === "") return kind === "cgroup2";
  return kind === "cgroup" && names.every((name) => options.split(",").includes(name));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
