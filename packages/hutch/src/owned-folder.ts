// A temporary folder that belongs to this process, by a lock that the kernel drops with it. What killed ones left goes when
// the next one is made.
import { AT_FDCWD, fileKind, isSyscallError, mkdir, O, type OwnedFd, open, readFolder, tryCall } from "@hutch/syscall";

const FOLDER_MODE = 0o755;
const NAME = /^hutch-\d+-[0-9a-f]{8}-[0-9a-f-]{27}$/;
const LOCK_EXCLUSIVE_NOW = 6;
const AT_REMOVEDIR = 0x200;
const TRIES = 5;

export interface OwnedFolder {
  readonly path: string;
  /** Removes the folder with these files. What is not ours to remove stays. */
  remove(): void;
}

/** A name for openOwnedFolder() that no other process has. */
export function nameOwnedFolder(): string {
  return `hutch-${process.pid}-${crypto.randomUUID()}`;
}

/** @param files names of everything that is ever made in such a folder */
export function openOwnedFolder(parent: string, name: string, files: readonly string[]): OwnedFolder {
  reclaim(parent, files);
  const path = `${parent}/${name}`;
  for (let tried = 0; ; tried += 1) {
    mkdir(path, FOLDER_MODE);
    const lock = lockFolder(path);
    // Between mkdir and the lock another host may have taken it for a left-over.
    if (lock !== null && fileKind(path, false) !== null) {
      return {
        path,
        remove() {
          using _lock = lock;
          removeLocked(parent, name, lock, files);
        },
      };
    }
    lock?.close();
    if (tried === TRIES) throw new Error(`Cannot keep the folder "${path}": somebody removes it`);
  }
}

function reclaim(parent: string, files: readonly string[]): void {
  for (const { name, folder } of readFolder(parent)) {
    if (!folder || !NAME.test(name)) continue;
    using lock = lockFolder(`${parent}/${name}`);
    if (lock !== null) removeLocked(parent, name, lock, files);
  }
}

/** SAFETY: files are named from the open folder, so that a link put in its place leads nowhere; rmdir follows none. */
function removeLocked(parent: string, name: string, lock: OwnedFd, files: readonly string[]): void {
  for (const file of files) tryCall("unlinkat", lock.fd, Buffer.from(`${file}\0`), 0);
  tryCall("unlinkat", AT_FDCWD, Buffer.from(`${parent}/${name}\0`), AT_REMOVEDIR);
}

/** null while its owner lives, and where it is not ours to open */
function lockFolder(path: string): OwnedFd | null {
  let lock: OwnedFd;
  try {
    lock = open(path, O.RDONLY | O.DIRECTORY | O.NOFOLLOW);
  } catch (error) {
    if (isSyscallError(error)) return null;
    throw error;
  }
  if (tryCall("flock", lock.fd, LOCK_EXCLUSIVE_NOW) === 0) return lock;
  lock.close();
  return null;
}
