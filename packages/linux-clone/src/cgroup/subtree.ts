// Our own part of a cgroup tree: a folder below the one that this process is in, locked for as long as this process lives.
// RULE: nothing outside of folders that are called ours is ever changed, and of those only what no living process has locked.
import { fileKind, isSyscallError, mkdir, O, type OwnedFd, open, tryCall } from "@hutch/syscall";
import { killProcesses } from "./job-cgroup.ts";
import { foldersIn, removeSubtree } from "./remove-folder.ts";

const PREFIX = "hutch-";
const LOCK_EXCLUSIVE_NOW = 6;
const TRIES = 5;

export interface Subtree {
  readonly folder: string;
  close(): void;
}

/** @throws SyscallError where this process may not make folders here */
export function openSubtree(parent: string): Subtree {
  for (let tried = 0; ; tried += 1) {
    const folder = `${parent}/${PREFIX}${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
    mkdir(folder, 0o755);
    const lock = lockFolder(folder);
    // Between mkdir and the lock another start of ours may have taken it for a left-over.
    if (lock !== null && fileKind(folder, false) !== null) {
      return {
        folder,
        close() {
          removeSubtree(folder);
          lock.close();
        },
      };
    }
    lock?.close();
    if (tried === TRIES) throw new Error(`Cannot keep the cgroup folder "${folder}": somebody removes it`);
  }
}

/** Removes what owners left behind that were killed. Their jobs ended with them; whatever is still there is ended. */
export function reclaimSubtrees(parent: string): void {
  for (const name of foldersIn(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = `${parent}/${name}`;
    const lock = lockFolder(folder);
    if (lock === null) continue;
    using _lock = lock;
    reclaim(folder);
  }
}

function reclaim(folder: string): void {
  try {
    for (const job of foldersIn(folder)) killProcesses(`${folder}/${job}`);
    removeSubtree(folder);
  } catch (error) {
    // Another user's: theirs to clean up, and no reason to go without cgroups.
    if (!isSyscallError(error, "EACCES", "EPERM")) throw error;
  }
}

/** The kernel drops the lock with its holder, in whatever pid namespace that lived. null while somebody has it. */
function lockFolder(folder: string): OwnedFd | null {
  let lock: OwnedFd;
  try {
    lock = open(folder, O.RDONLY | O.DIRECTORY);
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "EACCES", "EPERM")) return null;
    throw error;
  }
  if (tryCall("flock", lock.fd, LOCK_EXCLUSIVE_NOW) === 0) return lock;
  lock.close();
  return null;
}
