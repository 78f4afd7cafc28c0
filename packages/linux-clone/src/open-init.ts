// Our init as a sealed, anonymous file that process 1 of every job executes.
import { SandboxRefusedError } from "@hutch/core";
import {
  addSeals,
  arch,
  call,
  dup,
  FINAL_SEALS,
  isSyscallError,
  MFD,
  memfdCreate,
  O,
  type OwnedFd,
  open,
  writeAll,
} from "@hutch/syscall";
import { INIT_DATA } from "./init-data.ts";

/**
 * Executable and not readable. SAFETY: the kernel makes a process that runs an unreadable file not dumpable, so from its
 * first instruction on no job can attach to it.
 */
const EXECUTE_ONLY = 0o111;
/** Above every number that a plan puts descriptors at. */
const LOWEST_FD = 10;

/**
 * Open it once per process; any number of launches may use it.
 * @throws SandboxRefusedError where this machine lets nobody execute a memfd
 */
export function openInit(): OwnedFd {
  using memfd = createExecutable();
  writeAll(memfd.fd, Buffer.from(INIT_DATA[arch()].base64, "base64"));
  call("fchmod", memfd.fd, EXECUTE_ONLY);
  addSeals(memfd.fd, FINAL_SEALS);
  // A file that is open for writing can not be executed (ETXTBSY), so what is kept has no rights to the bytes.
  using file = open(`/proc/self/fd/${memfd.fd}`, O.PATH);
  return dup(file.fd, LOWEST_FD);
}

function createExecutable(): OwnedFd {
  try {
    return memfdCreate("hutch-init", MFD.ALLOW_SEALING | MFD.EXEC);
  } catch (error) {
    // SINCE: Linux 6.3 knows MFD_EXEC; before that every memfd is executable.
    if (isSyscallError(error, "EINVAL")) return memfdCreate("hutch-init", MFD.ALLOW_SEALING);
    if (!isSyscallError(error, "EACCES", "EPERM", "ENOSYS")) throw error;
    throw new SandboxRefusedError([
      {
        name: "init",
        state: "unavailable",
        why: `memfd_create gave ${error.code}: this machine allows no executable memfd`,
        fix: error.code === "EACCES" ? "sysctl vm.memfd_noexec=1" : "a seccomp profile that allows memfd_create",
      },
    ]);
  }
}
