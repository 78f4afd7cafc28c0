// The cgroup of one job, over however many trees: joined through descriptors, watched by one read each, ended, given back.
import { type Fd, isSyscallError, type OwnedFd, pidfdOpen, SIG, toPid, tryCall } from "@hutch/syscall";
import type { CgroupPart, CpuUse } from "./cgroup-part.ts";
import { readProcesses } from "./control-file.ts";

const KILL_ROUNDS = 50;
/** As many descriptors are open at once. */
const KILL_BATCH = 32;

/** @param empty no process was in it: the folders may serve another job */
type GiveBack = (parts: readonly CgroupPart[], empty: boolean) => void;

export class JobCgroup {
  readonly #parts: readonly CgroupPart[];
  readonly #giveBack: GiveBack;
  #removed = false;

  constructor(parts: readonly CgroupPart[], giveBack: GiveBack) {
    this.#parts = parts;
    this.#giveBack = giveBack;
  }

  /** For the plan's late values `cgroup0`, `cgroup1`, …: a process that writes "0" to each is in. */
  get procs(): readonly Fd[] {
    return this.#parts.map((part) => part.procs.fd);
  }

  /** Of the last one of `procs`, where a process can be cloned into it; null otherwise. */
  get folder(): Fd | null {
    return this.#parts.at(-1)?.folderFd?.fd ?? null;
  }

  /** CPU time of all its processes, the ended ones too. */
  cpu(): CpuUse {
    return this.#ask((part) => part.cpu) ?? { userMicros: 0, systemMicros: 0 };
  }

  /** null where the kernel does not keep it */
  peakMemoryBytes(): number | null {
    return this.#ask((part) => part.memoryPeakBytes) ?? null;
  }

  /** What is charged to it now; 0 where the kernel does not say. */
  memoryNowBytes(): number {
    return this.#ask((part) => part.memoryNowBytes) ?? 0;
  }

  /** Processes and threads in it now; null where the kernel does not say. */
  processesNow(): number | null {
    return this.#ask((part) => part.processesNow) ?? null;
  }

  /** Most processes and threads at once; null where the kernel does not keep it. */
  peakProcesses(): number | null {
    return this.#ask((part) => part.processesPeak) ?? null;
  }

  oomKills(): number {
    return this.#ask((part) => part.oomKills) ?? 0;
  }

  /** How often the kernel refused another process. */
  processRefusals(): number {
    return this.#ask((part) => part.processRefusals) ?? 0;
  }

  /**
   * Ends every process in it. Harmless when there is none, and after remove(). With no descriptors left, the list that a tree
   * without cgroup.kill has can not be read, and what is in it ends with its process 1 alone.
   */
  kill(): void {
    if (this.#removed) return;
    for (const part of this.#parts) part.stopForks?.();
    const all = this.#parts.find((part) => part.killAll !== undefined);
    if (all?.killAll !== undefined) all.killAll();
    else this.#killListed();
  }

  #killListed(): void {
    const [first] = this.#parts;
    try {
      // A process joins the folders in their order, so whatever is in another one is in the first.
      if (first !== undefined) killProcesses(first.folder);
    } catch (error) {
      if (!isSyscallError(error, "EMFILE", "ENFILE")) throw error;
    }
  }

  /** After the job ended. What is still in it is ended. Harmless when repeated. */
  remove(): void {
    if (this.#removed) return;
    const empty = this.#ask((part) => part.processesNow) === 0;
    if (!empty) this.kill();
    this.#removed = true;
    this.#giveBack(this.#parts, empty);
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  #ask<T>(question: (part: CgroupPart) => (() => T) | undefined): T | undefined {
    if (this.#removed) throw new TypeError("Cannot read a cgroup: it was removed");
    for (const part of this.#parts) {
      const answer = question(part);
      if (answer !== undefined) return answer();
    }
    return undefined;
  }
}

/**
 * For trees without cgroup.kill. Each process is signaled once, and a round costs two looks at the list per batch, so that
 * thousands of them do not hold up the host. New ones may come while we look, so it takes rounds.
 */
export function killProcesses(folder: string): void {
  const signaled = new Set<number>();
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const pids = readProcesses(folder).filter((pid) => !signaled.has(pid));
    if (pids.length === 0) return;
    for (let at = 0; at < pids.length; at += KILL_BATCH) {
      const batch = pids.slice(at, at + KILL_BATCH);
      killMembers(folder, batch);
      for (const pid of batch) signaled.add(pid);
    }
  }
}

/** SAFETY: a pidfd holds its process; that is a member if its id is still listed after that, so no other can be hit. */
function killMembers(folder: string, pids: readonly number[]): void {
  using held = new DisposableStack();
  const opened = pids.map((pid) => ({ pid, process: openProcess(pid, held) }));
  const members = new Set(readProcesses(folder));
  for (const { pid, process } of opened) {
    if (process === null || !members.has(pid)) continue;
    // It may have ended by itself (ESRCH).
    tryCall("pidfd_send_signal", process.fd, SIG.KILL);
  }
}

/** null when it ended by itself, and also when its id is a thread's by now (ENOENT, EINVAL before Linux 6.15). */
function openProcess(pid: number, held: DisposableStack): OwnedFd | null {
  try {
    return held.use(pidfdOpen(toPid(pid)));
  } catch (error) {
    if (isSyscallError(error, "ESRCH", "ENOENT", "EINVAL")) return null;
    throw error;
  }
}
