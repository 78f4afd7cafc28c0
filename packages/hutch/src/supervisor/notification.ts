// A supervised call as the kernel told init, and the answers to it (seccomp_unotify(2)).
import {
  decodeStruct,
  encodeStruct,
  type Fd,
  SECCOMP_IOCTL_NOTIF,
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
  /** Of the machine's own architecture: init passes on no other. */
  readonly number: number;
  readonly args: readonly [bigint, bigint, bigint, bigint, bigint, bigint];
}

export function decodeNotification(bytes: Uint8Array): Notification {
  const told = decodeStruct(SECCOMP_NOTIF_LAYOUT, bytes);
  return {
    id: told.id,
    pid: told.pid,
    number: told["data.nr"],
    args: [
      told["data.args[0]"],
      told["data.args[1]"],
      told["data.args[2]"],
      told["data.args[3]"],
      told["data.args[4]"],
      told["data.args[5]"],
    ],
  };
}

/** @param result what the call returns, or a negated errno. A caller that is gone hears nothing. */
export function answer(listener: Fd, notification: Notification, result: number): void {
  respond(listener, notification, { val: BigInt(Math.max(0, result)), error: Math.min(0, result), flags: 0 });
}

/** The kernel makes the call as it stands by then. SAFETY: see the rule in core's call-handler.ts. */
export function letThrough(listener: Fd, notification: Notification): void {
  respond(listener, notification, { val: 0n, error: 0, flags: SECCOMP_USER_NOTIF_FLAG_CONTINUE });
}

function respond(
  listener: Fd,
  { id }: Notification,
  response: { readonly val: bigint; readonly error: number; readonly flags: number },
): void {
  tryCall("ioctl", listener, SECCOMP_IOCTL_NOTIF.SEND, encodeStruct(SECCOMP_NOTIF_RESP_LAYOUT, { id, ...response }));
}
