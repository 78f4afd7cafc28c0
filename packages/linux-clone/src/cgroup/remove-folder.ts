// Folders of cgroup trees go by rmdir alone, once the kernel has let go of the last process in them.
import { isSyscallError, readFolder, rmdir } from "@hutch/syscall";

/** The kernel lets go within microseconds of the last exit, but not always before it tells the parent. */
const TRIES = 20;
const PAUSE_MS = 0.5;

/** False when something is still in it. */
export function removeFolder(folder: string): boolean {
  for (let tried = 0; ; tried += 1) {
    try {
      rmdir(folder);
      return true;
    } catch (error) {
      if (isSyscallError(error, "ENOENT")) return true;
      if (!isSyscallError(error, "EBUSY")) throw error;
      if (tried === TRIES) return false;
      Bun.sleepSync(PAUSE_MS);
    }
  }
}

/** A folder with the folders in it, one level deep, as we make them. */
export function removeSubtree(folder: string): boolean {
  let gone = true;
  for (const name of foldersIn(folder)) gone = removeFolder(`${folder}/${name}`) && gone;
  return gone && removeFolder(folder);
}

export function foldersIn(folder: string): string[] {
  try {
    return readFolder(folder)
      .filter((entry) => entry.folder)
      .map((entry) => entry.name);
  } catch (error) {
    if (isSyscallError(error, "ENOENT")) return [];
    throw error;
  }
}
