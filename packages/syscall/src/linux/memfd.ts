// Files without a name, and seals that make their bytes final.
import { call, checked, tryCall } from "../call.ts";
import { isSyscallError } from "../errno.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { type CText, cString } from "../pointer.ts";
import { F, writeAll } from "../posix/file.ts";
import { quote } from "../quote.ts";

/** Flags of memfd_create(2). NOEXEC_SEAL and EXEC SINCE: Linux 6.3. */
export const MFD = { CLOEXEC: 1, ALLOW_SEALING: 2, HUGETLB: 4, NOEXEC_SEAL: 8, EXEC: 16 } as const;

/** Seals of fcntl F_ADD_SEALS. FUTURE_WRITE SINCE: Linux 5.1. EXEC SINCE: Linux 6.3. */
export const F_SEAL = { SEAL: 1, SHRINK: 2, GROW: 4, WRITE: 8, FUTURE_WRITE: 16, EXEC: 32 } as const;

/** The seals after which nobody can change the bytes, or the seals. */
export const FINAL_SEALS: number = F_SEAL.SEAL | F_SEAL.SHRINK | F_SEAL.GROW | F_SEAL.WRITE;

/** memfd_create(2), close-on-exec. The name only shows in /proc. */
export function memfdCreate(name: CText, flags: number): OwnedFd {
  const result = tryCall("memfd_create", cString(name), flags | MFD.CLOEXEC);
  return new OwnedFd(toFd(checked("memfd_create", result, quote(name))));
}

/** fcntl F_ADD_SEALS. EBUSY while a writable mapping exists. */
export function addSeals(fd: Fd, seals: number): void {
  checked("fcntl", tryCall("fcntl", fd, F.ADD_SEALS, seals), "F_ADD_SEALS");
}

/** fcntl F_GET_SEALS. EINVAL if the file can not have seals, that is, if it is no memfd. */
export function getSeals(fd: Fd): number {
  return call("fcntl", fd, F.GET_SEALS);
}

/**
 * A memfd that holds these bytes for ever: FINAL_SEALS are set. The position is at the start.
 * @param options executable: may be given to execveat(2).
 */
export function sealedMemfd(name: CText, bytes: Uint8Array, options: { readonly executable?: boolean } = {}): OwnedFd {
  const memfd = createFor(name, options.executable ?? false);
  try {
    writeAll(memfd.fd, bytes);
    addSeals(memfd.fd, FINAL_SEALS);
    call("lseek", memfd.fd, 0, 0);
    return memfd;
  } catch (error) {
    memfd.close();
    throw error;
  }
}

function createFor(name: CText, executable: boolean): OwnedFd {
  try {
    return memfdCreate(name, MFD.ALLOW_SEALING | (executable ? MFD.EXEC : MFD.NOEXEC_SEAL));
  } catch (error) {
    // Before Linux 6.3 neither flag exists and every memfd is executable.
    if (isSyscallError(error, "EINVAL")) return memfdCreate(name, MFD.ALLOW_SEALING);
    throw error;
  }
}
