// Processes as /proc shows them, while they come and go.
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  /** In how many nested pid namespaces it has an id. */
  readonly depth: number;
}

export function allProcesses(): readonly ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const status = readIfThere(`/proc/${name}/status`);
      if (status === null) return [];
      const field = (key: string): string => new RegExp(`^${key}:\\t(.*)$`, "m").exec(status)?.[1] ?? "";
      return [
        {
          pid: Number(name),
          parent: Number(field("PPid")),
          state: field("State").slice(0, 1),
          depth: field("NSpid").split("\t").length,
        },
      ];
    });
}

export function descendantsOf(pid: number, all: readonly ProcessEntry[] = allProcesses()): readonly ProcessEntry[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

/** Inits of a nested pid namespace whose launcher is gone. */
export function orphanedSandboxes(all: readonly ProcessEntry[] = allProcesses()): readonly number[] {
  const own = all.find(({ pid }) => pid === process.pid)?.depth ?? 1;
  return all.filter(({ parent, depth }) => parent === 1 && depth > own).map(({ pid }) => pid);
}

/** What a bare program left running, told by its environment. */
export function processesWithEnvironment(text: string): readonly number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && (readIfThere(`/proc/${pid}/environ`) ?? "").includes(text));
}

export function commandLine(pid: number): string {
  return (readIfThere(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim();
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return null;
  }
}
