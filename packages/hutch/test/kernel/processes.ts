// Processes as /proc shows them to a test, while they and their threads come and go.
import { readdirSync, readFileSync } from "node:fs";

/** Its arguments, joined by blanks; empty when it is gone or has ended. */
export function commandLine(pid: number): string {
  return whileItLives(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "")
    .replaceAll("\0", " ")
    .trim();
}

/** Whether all of them have ended; another process may have one's number by then. */
export function endOf(pids: readonly number[]): () => boolean {
  const begun = pids.map((pid) => [pid, beginOf(pid)] as const);
  return () => begun.every(([pid, begin]) => commandLine(pid) === "" || beginOf(pid) !== begin);
}

/** In ticks since the machine's start (proc_pid_stat(5), "starttime"). */
function beginOf(pid: number): string | undefined {
  const text = whileItLives(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

/** Processes whose command line holds a text, other than this one. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLine(pid).includes(text));
}

/** The kernel lists a child with the thread that made it. */
export function childrenOf(pid: number): number[] {
  return whileItLives(() => readdirSync(`/proc/${pid}/task`), []).flatMap((thread) =>
    whileItLives(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .map(Number)
      .filter((child) => child > 0),
  );
}

/** Every process comes before its own children. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whom this process has a pidfd of. A host has one of each job that it was told of. */
export function heldProcesses(): number[] {
  return readdirSync("/proc/self/fdinfo").flatMap((fd) => {
    const pid = /^Pid:\t(\d+)$/m.exec(whileItLives(() => readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"), ""))?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

function whileItLives<T>(look: () => T, gone: T): T {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as { code: string }).code)) return gone;
    throw error;
  }
}

/** The letter of proc_pid_stat(5), such as Z for one that ended and is not waited for; empty when it is gone. */
export function stateOf(pid: number): string {
  const stat = whileItLives(() => readFileSync(`/proc/${pid}/stat`, "latin1"), "");
  return stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .slice(0, 1);
}
