// The cgroup folders of a host, as a test of left-overs finds them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders that a host of this pid has made below the cgroups of this process, which are those that it was started in. */
export function cgroupFoldersOf(pid: number): string[] {
  return readFileSync("/proc/self/cgroup", "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, controllers = "", path = ""] = line.split(":");
      const folder = join("/sys/fs/cgroup", controllers === "" ? "unified" : controllers, path);
      return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`hutch-${pid}-`)) : [];
    });
}
