// Opening a path that somebody else controls, without following it out of a folder.
import { checked, tryCallRestarting } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { type CText, cString } from "../pointer.ts";
import { O } from "../posix/open-flags.ts";
import { quote } from "../quote.ts";
import { encodeStruct } from "../struct.ts";
import { OPEN_HOW_LAYOUT } from "./structs.ts";

/** How openat2(2) may resolve. */
export const RESOLVE = { NO_XDEV: 1, NO_MAGICLINKS: 2, NO_SYMLINKS: 4, BENEATH: 8, IN_ROOT: 16, CACHED: 32 } as const;

/**
 * openat2(2), always close-on-exec. SINCE: Linux 5.6.
 * @throws SyscallError EXDEV or ELOOP for a path that leaves what `resolve` allows; EAGAIN if a rename raced with it.
 */
export function openat2(at: Fd, path: CText, flags: number, mode: number, resolve: number): OwnedFd {
  const how = encodeStruct(OPEN_HOW_LAYOUT, { flags: flags | O.CLOEXEC, mode, resolve });
  const result = tryCallRestarting("openat2", at, cString(path), how, how.byteLength);
  return new OwnedFd(toFd(checked("openat2", result, quote(path))));
}
