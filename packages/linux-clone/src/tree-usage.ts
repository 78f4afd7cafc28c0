// What a process and everything below it has used so far, read from /proc. For machines where jobs have no cgroup.
// Seen are living processes and what they waited for; a child that ended unseen is in init's usage once the job is over.
import { isSyscallError, processCpuMicros, readFolder, readText, tryCall } from "@hutch/syscall";

export interface TreeUsage {
  readonly cpuMs: number;
  /**
   * Memory that the processes wrote to, shared memory that they mapped, and the tables of their pages. Not counted: pages of files, which the kernel can
   * take back. Counted for each process that has it: memory shared after a fork. Not so what they have as one, as after vfork.
   */
  readonly rssBytes: number;
  /** The most that one of the living processes ever had of it, since it began its present program. */
  readonly largestPeakBytes: number;
  readonly processes: number;
}

/** USER_HZ, which Linux fixes to 100 on x86-64 and arm64. */
const MS_PER_TICK = 10;
const KIB = 1024;
const KCMP_VM = 1;
/** Lines of /proc/PID/status (proc_pid_status(5)). */
const COUNTED = ["RssAnon", "RssShmem", "HugetlbPages", "VmSwap", "VmPTE"];
/** cutime and cstime of /proc/PID/stat, counted after the name in parentheses (proc_pid_stat(5)). */
const FIRST_TIME_FIELD = 13;
const TIME_FIELDS = 2;

/** @param pid the root of the tree as this process's pid namespace numbers it; zeros when it is gone */
export function treeUsage(pid: number): TreeUsage {
  let [cpuMs, rssBytes, largestPeakBytes, processes] = [0, 0, 0, 0];
  const waiting = [pid];
  const memories: number[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stat = readIfThere(`/proc/${next}/stat`);
    if (stat === "") continue;
    processes += 1;
    // Exactly, and not in ticks: what a standby had used is taken off what its job used.
    cpuMs += (processCpuMicros(next) ?? 0) / 1000 + parseChildrenCpuMs(stat);
    // ORDER: asked before it is read. A child that executes its program in between has a memory of its own by then.
    const counts = addMemory(memories, next);
    const status = statusWithMemory(next);
    if (counts) rssBytes += parseRssBytes(status);
    largestPeakBytes = Math.max(largestPeakBytes, parsePeakBytes(status));
    waiting.push(...childrenOf(next));
  }
  return { cpuMs, rssBytes, largestPeakBytes, processes };
}

/**
 * Processes may have one memory together: between vfork and exec a child has its parent's, and a warm job has a second process
 * that holds its own (walk-plan.c). The kernel is asked which have (kcmp(2)), since nothing that can be read tells such a memory
 * from a copy; it gives them an order. Where it does not say, each counts.
 * @param memories one process for each memory, in the kernel's order @returns whether the process has one that is not there yet
 */
function addMemory(memories: number[], pid: number): boolean {
  // Init lets nobody look at its memory, and is alone with it.
  if (compareMemory(pid, pid) !== 0) return true;
  let [from, to] = [0, memories.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const order = compareMemory(pid, memories[middle] ?? 0);
    if (order === 0) return false;
    if (order === 1) to = middle;
    else if (order === 2) from = middle + 1;
    else if (compareMemory(pid, pid) !== 0) return true;
    else {
      // The other one ended meanwhile, and says nothing of where to go on.
      memories.splice(middle, 1);
      [from, to] = [0, memories.length];
    }
  }
  memories.splice(from, 0, pid);
  return true;
}

/** 0: one memory, 1: before the other in the kernel's order, 2: behind it. Negative: it does not say. */
function compareMemory(pid: number, other: number): number {
  return tryCall("kcmp", pid, other, KCMP_VM, 0, 0);
}

/** Time of children that were waited for. TRUST: the job chooses the name, which may hold blanks and parentheses; the last parenthesis ends it. */
export function parseChildrenCpuMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const times = fields.slice(FIRST_TIME_FIELD, FIRST_TIME_FIELD + TIME_FIELDS);
  return times.reduce((sum, ticks) => sum + (Number(ticks) || 0), 0) * MS_PER_TICK;
}

/**
 * TRUST: a job may end its first thread and go on in others. The process then shows as one that ended, without memory, and each
 * thread that goes on shows the memory of all.
 */
function statusWithMemory(pid: number): string {
  const status = readIfThere(`/proc/${pid}/status`);
  if (hasMemory(status) || status === "") return status;
  for (const thread of threadsOf(pid)) {
    const ofThread = readIfThere(`/proc/${pid}/task/${thread}/status`);
    if (hasMemory(ofThread)) return ofThread;
  }
  return status;
}

function hasMemory(status: string): boolean {
  return /^RssAnon:/m.test(status);
}

/**
 * With what was swapped out, and with the tables that the kernel keeps of mapped pages: whoever reads one page in each 2 MiB of
 * empty memory has no page of his own, and 4 KiB of tables for each. A process that is ending has none of these lines.
 */
export function parseRssBytes(status: string): number {
  return COUNTED.reduce((sum, name) => sum + bytesOf(status, name), 0);
}

/** VmHWM counts pages of files too, which the memory limit does not; those of now are taken for those of then. */
export function parsePeakBytes(status: string): number {
  return Math.max(parseRssBytes(status), bytesOf(status, "VmHWM") - bytesOf(status, "RssFile"));
}

function bytesOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) * KIB;
}

/** Of every thread: the kernel lists a child with the thread that made it. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readIfThere(`/proc/${pid}/task/${thread}/children`)
      .split(" ")
      .map(Number)
      .filter((child) => child > 0),
  );
}

function threadsOf(pid: number): string[] {
  return whileItLives(() => readFolder(`/proc/${pid}/task`).map(({ name }) => name), []);
}

function readIfThere(path: string): string {
  return whileItLives(() => readText(path), "");
}

/** Processes end while we look at them. */
function whileItLives<T>(look: () => T, gone: T): T {
  try {
    return look();
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "ESRCH")) return gone;
    throw error;
  }
}
