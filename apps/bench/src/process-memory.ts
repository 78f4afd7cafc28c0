// Memory that is a process's own, as the kernel counts it, and which processes are below this one.
import { readdirSync, readFileSync } from "node:fs";

const MIB_PER_KB = 1 / 1024;

/** MiB that would be free without it. @throws Error for a process that this user may not look into */
export function privateMemory(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return (
      [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].reduce((sum, found) => sum + Number(found[1]), 0) *
      MIB_PER_KB
    );
  } catch (error) {
    throw new Error("this user may not look into the processes of a sandbox; run the bench as root to measure it", {
      cause: error,
    });
  }
}

/** Everything that this process has started, directly or not; the kernel's own list of parents. */
export function descendants(): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? parentOf(pid) : null;
    if (parent !== null) parents.set(parent, [...(parents.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => (parents.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(process.pid);
}

/** null when it has just ended. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return null;
  }
}

/** The words with blanks between; empty when it has just ended. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
  } catch {
    return "";
  }
}

/** What the whole machine could still give out, in MiB. */
export function availableMemory(): number {
  return (
    Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? Number.NaN) * MIB_PER_KB
  );
}
