// A supervised call as the kernel told init, and the answers to it (seccomp_unotify(2)).
import {
  decodeStruct,
  encodeStruct,
  type Fd,
  SECCOMP_ADDFD_FLAG,
  SECCOMP_IOCTL_NOTIF,
  SECCOMP_NOTIF_ADDFD_LAYOUT,
  SECCOMP_NOTIF_LAYOUT,
  SECCOMP_NOTIF_RESP_LAYOUT,
  SECCOMP_USER_NOTIF_FLAG_CONTINUE,
  tryCall,
} from "@hutch/syscall";

export const NOTIFICATION_BYTES: number = SECCOMP_NOTIF_LAYOUT.size;

export interface Notification {
  readonly id: bigint;
  /** The calling thread, as process 1 of the job sees it. */
  readonly pid: number;
  readonly args: readonly [bigint, bigint, bigint];
}

export function decodeNotification(bytes: Uint8Array): Notification {
  const told = decodeStruct(SECCOMP_NOTIF_LAYOUT, bytes);
  return { id: told.id, pid: told.pid, args: [told["data.args[0]"], told["data.args[1]"], told["data.args[2]"]] };
}

/** Whether the caller still waits. What was read of its memory before was then its own, and not another process's. */
export function stillWaits(listener: Fd, { id }: Notification): boolean {
  return tryCall("ioctl", listener, SECCOMP_IOCTL_NOTIF.ID_VALID, new BigUint64Array([id])) === 0;
}

/** @param result 0, or a negated errno. A caller that is gone hears nothing. */
export function answer(listener: Fd, { id }: Notification, result: number): void {
  const response = encodeStruct(SECCOMP_NOTIF_RESP_LAYOUT, { id, val: 0n, error: result, flags: 0 });
  tryCall("ioctl", listener, SECCOMP_IOCTL_NOTIF.SEND, response);
}

/** The kernel makes the call as it stands by then. SAFETY: only for a call that is harmless whatever its arguments are. */
export function letThrough(listener: Fd, { id }: Notification): void {
  const flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  tryCall(
    "ioctl",
    listener,
    SECCOMP_IOCTL_NOTIF.SEND,
    encodeStruct(SECCOMP_NOTIF_RESP_LAYOUT, { id, val: 0n, error: 0, flags }),
  );
}

/** Puts a descriptor of ours in the place of the caller's. @returns 0 or more, or a negated errno */
export function replaceDescriptor(
  listener: Fd,
  { id }: Notification,
  ours: Fd,
  theirs: number,
  closeOnExec: boolean,
): number {
  const O_CLOEXEC = 0o2000000;
  return tryCall(
    "ioctl",
    listener,
    SECCOMP_IOCTL_NOTIF.ADDFD,
    encodeStruct(SECCOMP_NOTIF_ADDFD_LAYOUT, {
      id,
      flags: SECCOMP_ADDFD_FLAG.SETFD,
      srcfd: ours,
      newfd: theirs,
      newfd_flags: closeOnExec ? O_CLOEXEC : 0,
    }),
  );
}
