// How much memory is left for this process and its jobs: by every limit on the way from their cgroups up to the machine, and by
// how long processes waited for memory (PSI, proc_pressure(5) and cgroup-v2.rst, "memory.pressure").
import { dirname } from "node:path";
import { isSyscallError, readText } from "@hutch/syscall";
import type { CgroupHost } from "./cgroup-host.ts";
import { delegatedFolder } from "./delegation.ts";
import { findHierarchies } from "./find-hierarchies.ts";

export interface MemoryRoom {
  /** "the machine", or a cgroup by its folder. */
  readonly of: string;
  readonly limitBytes: number;
  /** What the kernel would give without a kill: unused, or pages of files that it can read again. */
  readonly freeBytes: number;
}

export interface MemoryLevel {
  /** Percentage of the last ten seconds in which some process waited for memory; 0 where the kernel does not count. */
  readonly stalledPercent: number;
  readonly rooms: readonly MemoryRoom[];
}

const MACHINE_PRESSURE = "/proc/pressure/memory";
const KIB = 1024;
/** Version 1 says a number of pages that no machine has. */
const NO_LIMIT_BYTES = 2 ** 62;

/** @param cgroups where jobs are; null for those of a process that may make none, which are in its own */
export function openMemoryLevel(cgroups: CgroupHost | null): () => MemoryLevel {
  const own = findHierarchies(readText("/proc/self/cgroup"), readText("/proc/self/mountinfo")).map((tree) =>
    tree.version === 2 ? delegatedFolder(tree.folder) : tree.folder,
  );
  // ORDER: first where jobs are, which may be beside this process.
  const folders = [...new Set([...(cgroups?.folders ?? []).map((folder) => dirname(folder)), ...own])];
  const limited = [...new Set(folders.flatMap(withParents))].filter((folder) => usedBytes(folder) !== null);
  const counted = folders.map((folder) => `${folder}/memory.pressure`).find((path) => readIfThere(path) !== null);
  return () => ({
    stalledPercent: parseStalledPercent(readIfThere(counted ?? MACHINE_PRESSURE) ?? ""),
    rooms: [...limited.flatMap((folder) => roomOf(folder) ?? []), ...machineRoom(readText("/proc/meminfo"))],
  });
}

/** `some avg10=1.23 …` (proc_pressure(5)). */
export function parseStalledPercent(pressure: string): number {
  return Number(/^some avg10=([\d.]+)/m.exec(pressure)?.[1] ?? 0);
}

/** Empty for a kernel that does not say (before Linux 3.14). */
export function machineRoom(meminfo: string): readonly MemoryRoom[] {
  const bytesOf = (name: string): number | null => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1];
    return kib === undefined ? null : Number(kib) * KIB;
  };
  const [limitBytes, freeBytes] = [bytesOf("MemTotal"), bytesOf("MemAvailable")];
  return limitBytes === null || freeBytes === null ? [] : [{ of: "the machine", limitBytes, freeBytes }];
}

function withParents(folder: string): string[] {
  const names = folder.split("/");
  return names.slice(2).map((_, index) => names.slice(0, names.length - index).join("/"));
}

/** null for a folder without a limit, and for one that is gone. */
function roomOf(folder: string): MemoryRoom | null {
  const used = usedBytes(folder);
  const limits = ["memory.max", "memory.high", "memory.limit_in_bytes"].flatMap(
    (name) => numberIn(`${folder}/${name}`) ?? [],
  );
  const limitBytes = Math.min(...limits, NO_LIMIT_BYTES);
  if (used === null || limitBytes === NO_LIMIT_BYTES) return null;
  const freeBytes = limitBytes - used + filePagesBytes(readIfThere(`${folder}/memory.stat`) ?? "");
  return { of: `the cgroup ${folder}`, limitBytes, freeBytes: Math.max(0, freeBytes) };
}

function usedBytes(folder: string): number | null {
  return numberIn(`${folder}/memory.current`) ?? numberIn(`${folder}/memory.usage_in_bytes`);
}

/** With those of folders below: version 1 says them by another name. */
export function filePagesBytes(stat: string): number {
  const bytesOf = (name: string): number =>
    Number(
      (new RegExp(`^total_${name} (\\d+)$`, "m").exec(stat) ?? new RegExp(`^${name} (\\d+)$`, "m").exec(stat))?.[1] ??
        0,
    );
  return bytesOf("inactive_file") + bytesOf("active_file");
}

/** null for `max`, and where there is no such file. */
function numberIn(path: string): number | null {
  const text = readIfThere(path);
  return text === null || !/^\d+\s*$/.test(text) ? null : Number(text);
}

/** The root of version 2 has no such files, PSI may be switched off (EOPNOTSUPP), and a folder may go (ENODEV). */
function readIfThere(path: string): string | null {
  try {
    return readText(path);
  } catch (error) {
    if (isSyscallError(error) && !isSyscallError(error, "EMFILE", "ENFILE")) return null;
    throw error;
  }
}
