// Processes by descriptor, namespaces, and what prctl(2) changes about the caller.
// clone3 is missing on purpose: JavaScript can not run between clone and exec; the native plan walker does that.
import { call, checked, tryCall } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import type { Pid } from "../pid.ts";
import type { Argument } from "../pointer.ts";
import { decodeStruct, type StructOutput } from "../struct.ts";
import { PIDFD_INFO_LAYOUT } from "./structs.ts";

/** Flags of clone3(2), unshare(2) and setns(2). The last two exceed 32 bits: add them, `|` would lose them. */
export const CLONE = {
  NEWTIME: 0x80,
  VM: 0x100,
  FS: 0x200,
  FILES: 0x400,
  SIGHAND: 0x800,
  PIDFD: 0x1000,
  PTRACE: 0x2000,
  VFORK: 0x4000,
  PARENT: 0x8000,
  THREAD: 0x10000,
  NEWNS: 0x20000,
  SYSVSEM: 0x40000,
  SETTLS: 0x80000,
  PARENT_SETTID: 0x100000,
  CHILD_CLEARTID: 0x200000,
  UNTRACED: 0x800000,
  CHILD_SETTID: 0x1000000,
  NEWCGROUP: 0x2000000,
  NEWUTS: 0x4000000,
  NEWIPC: 0x8000000,
  NEWUSER: 0x10000000,
  NEWPID: 0x20000000,
  NEWNET: 0x40000000,
  IO: 0x80000000,
  CLEAR_SIGHAND: 0x100000000,
  INTO_CGROUP: 0x200000000,
} as const;

/** Options of prctl(2). */
export const PR = {
  SET_PDEATHSIG: 1,
  GET_PDEATHSIG: 2,
  GET_DUMPABLE: 3,
  SET_DUMPABLE: 4,
  SET_NAME: 15,
  GET_NAME: 16,
  GET_SECCOMP: 21,
  CAPBSET_READ: 23,
  CAPBSET_DROP: 24,
  GET_TSC: 25,
  SET_TSC: 26,
  GET_SECUREBITS: 27,
  SET_SECUREBITS: 28,
  SET_TIMERSLACK: 29,
  SET_CHILD_SUBREAPER: 36,
  GET_CHILD_SUBREAPER: 37,
  SET_NO_NEW_PRIVS: 38,
  GET_NO_NEW_PRIVS: 39,
  GET_TID_ADDRESS: 40,
  SET_THP_DISABLE: 41,
  GET_THP_DISABLE: 42,
  CAP_AMBIENT: 47,
  CAP_AMBIENT_IS_SET: 1,
  CAP_AMBIENT_RAISE: 2,
  CAP_AMBIENT_LOWER: 3,
  CAP_AMBIENT_CLEAR_ALL: 4,
  GET_SPECULATION_CTRL: 52,
  SET_SPECULATION_CTRL: 53,
  SET_IO_FLUSHER: 57,
  SET_MDWE: 65,
  GET_MDWE: 66,
  SET_VMA: 0x53564d41,
} as const;

/** Flags of close_range(2). */
export const CLOSE_RANGE = { UNSHARE: 2, CLOEXEC: 4 } as const;

/** Flags of pidfd_open(2). NONBLOCK SINCE: Linux 5.10. THREAD SINCE: Linux 6.9. */
export const PIDFD = { NONBLOCK: 0o4000, THREAD: 0o200 } as const;

/** What PIDFD_GET_INFO can be asked for. EXIT SINCE: Linux 6.15. */
export const PIDFD_INFO = { PID: 1, CREDS: 2, CGROUPID: 4, EXIT: 8, COREDUMP: 16 } as const;

/** The ioctl of a pidfd that fills a pidfd_info: _IOWR(0xFF, 11, struct pidfd_info). */
export const PIDFD_GET_INFO: number = 0xc040ff0b;

/** gettid(2): the calling thread, as its pid namespace counts. */
export function gettid(): number {
  return call("gettid");
}

/**
 * pidfd_open(2), close-on-exec. SINCE: Linux 5.3.
 * @throws SyscallError ESRCH if the process is gone and reaped.
 */
export function pidfdOpen(pid: Pid, flags: number = 0): OwnedFd {
  return new OwnedFd(toFd(checked("pidfd_open", tryCall("pidfd_open", pid, flags), `process ${pid}`)));
}

/**
 * pidfd_send_signal(2): never hits a process that took over the id. SINCE: Linux 5.1.
 * @throws SyscallError ESRCH once the process is reaped.
 */
export function pidfdSendSignal(pidfd: Fd, signal: number): void {
  call("pidfd_send_signal", pidfd, signal, null, 0);
}

/** pidfd_getfd(2): a copy of another process's descriptor, close-on-exec. Needs ptrace access. SINCE: Linux 5.6. */
export function pidfdGetfd(pidfd: Fd, target: Fd): OwnedFd {
  return new OwnedFd(toFd(call("pidfd_getfd", pidfd, target, 0)));
}

/**
 * Asks a pidfd about its process, also after it has ended (PIDFD_GET_INFO). SINCE: Linux 6.13.
 * @param mask PIDFD_INFO flags that are wanted; `mask` in the answer says which were given.
 * @throws SyscallError ENOTTY before Linux 6.13; ESRCH if the process is reaped and nothing that was asked for remains.
 */
export function pidfdGetInfo(pidfd: Fd, mask: number): StructOutput<typeof PIDFD_INFO_LAYOUT> {
  const bytes = new Uint8Array(PIDFD_INFO_LAYOUT.size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(mask), true);
  checked("ioctl", tryCall("ioctl", pidfd, PIDFD_GET_INFO, bytes), "PIDFD_GET_INFO");
  return decodeStruct(PIDFD_INFO_LAYOUT, bytes);
}

/** prctl(2) of the calling thread. Unused arguments are 0, as most options demand. */
export function prctl(option: number, a: Argument = 0, b: Argument = 0, c: Argument = 0, d: Argument = 0): number {
  return call("prctl", option, a, b, c, d);
}

/**
 * Where the kernel clears the thread id at exit (PR_GET_TID_ADDRESS): glibc's own copy of the thread id.
 * @throws SyscallError EINVAL if the kernel is built without CONFIG_CHECKPOINT_RESTORE.
 */
export function tidAddress(): bigint {
  const address = new BigUint64Array(1);
  checked("prctl", tryCall("prctl", PR.GET_TID_ADDRESS, address), "PR_GET_TID_ADDRESS");
  return address[0] as bigint;
}

/** close_range(2): closes, or marks close-on-exec, all descriptors from first to last. SINCE: Linux 5.9. */
export function closeRange(first: number, last: number, flags: number = 0): void {
  call("close_range", first, last, flags);
}

/** unshare(2) of the calling thread. */
export function unshare(flags: number): void {
  call("unshare", flags);
}

/** setns(2) of the calling thread. `fd` is a namespace file, or a pidfd (SINCE: Linux 5.8) with flags for several. */
export function setns(fd: Fd, flags: number): void {
  call("setns", fd, flags);
}
