// Whether the processes in our folder are one family, such as a shell, the `bun run` that it started, and this process.
import { isSyscallError, readText } from "@hutch/syscall";

/** True when all of them were started, directly or not, by one of them. */
export function isFamily(members: readonly number[]): boolean {
  const lines = members.map(ancestors);
  return members.some((eldest) => lines.every((line) => line.has(eldest)));
}

/** With the process itself. */
function ancestors(pid: number): Set<number> {
  const found = new Set<number>();
  for (let at = pid; at > 0 && !found.has(at); at = parentOf(at)) found.add(at);
  return found;
}

/** 0 for a process that has ended, and for one whose parent this process can not see. */
function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "ESRCH")) return 0;
    throw error;
  }
}
