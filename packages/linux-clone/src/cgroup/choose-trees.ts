// Which trees a job's cgroup needs on this machine. Pure: memory, processes and CPU time must all be covered, by version 2
// alone, or by version 1 with either version for CPU time.
import type { MakePart } from "./cgroup-part.ts";
import { cpuV1 } from "./cpu-v1.ts";
import type { Hierarchy } from "./find-hierarchies.ts";
import { memoryV1 } from "./memory-v1.ts";
import { pidsV1 } from "./pids.ts";
import { unified, unifiedCpu } from "./unified.ts";

interface Tree {
  readonly parent: string;
  readonly make: MakePart;
  /** Controllers that have to be enabled for folders below the parent. */
  readonly enable: readonly string[];
}

export interface TreeChoice {
  /** For reports: `cgroup v1: memory, pids, cpuacct`. */
  readonly mechanism: string;
  readonly trees: readonly Tree[];
  /**
   * Who may make folders and open their files may not be allowed to join: version 2 also asks for a right on the folder above
   * both places. Version 1 asks only that the joining process has the user of who opened the file.
   */
  readonly mayRefuseJoining: boolean;
}

export const NEEDED: readonly string[] = ["memory", "pids"];

/** @param unifiedControllers what version 2's tree offers for folders below our own */
export function chooseTrees(
  hierarchies: readonly Hierarchy[],
  unifiedControllers: readonly string[],
): TreeChoice | null {
  const second = hierarchies.find((tree) => tree.version === 2);
  if (second !== undefined && NEEDED.every((name) => unifiedControllers.includes(name))) {
    return {
      mechanism: "cgroup v2: memory, pids",
      trees: [{ parent: second.folder, make: unified, enable: NEEDED }],
      mayRefuseJoining: true,
    };
  }
  const first = (name: string): Hierarchy | undefined =>
    hierarchies.find((tree) => tree.version === 1 && tree.controllers.includes(name));
  const [memory, pids, cpu] = [first("memory"), first("pids"), first("cpuacct")];
  // A process is in one folder of a tree, so a tree with two of them would need a part of its own; no system mounts one.
  if (memory === undefined || pids === undefined || memory === pids || memory === cpu || pids === cpu) return null;
  const trees: Tree[] = [
    { parent: memory.folder, make: memoryV1, enable: [] },
    { parent: pids.folder, make: pidsV1, enable: [] },
  ];
  if (cpu !== undefined)
    return {
      mechanism: "cgroup v1: memory, pids, cpuacct",
      trees: [...trees, { parent: cpu.folder, make: cpuV1, enable: [] }],
      mayRefuseJoining: false,
    };
  if (second === undefined) return null;
  return {
    mechanism: "cgroup v1: memory, pids; v2: CPU time",
    trees: [...trees, { parent: second.folder, make: unifiedCpu, enable: [] }],
    mayRefuseJoining: true,
  };
}
