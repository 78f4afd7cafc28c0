// What becomes of a call that waits, whoever decided it, and how that is carried out.
import { type Fd, isSyscallError, type OwnedFd } from "@hutch/syscall";
import type { Caller } from "./caller.ts";
import type { InitOrders } from "./init-orders.ts";
import { answer, letThrough, type Notification } from "./notification.ts";

export type Decision =
  | { readonly kind: "continue" }
  /** A result, or a negated errno. */
  | { readonly kind: "answer"; readonly result: number }
  | {
      readonly kind: "descriptor";
      /** Whoever carries the decision out, or drops it, closes it. */
      readonly ours: OwnedFd;
      readonly at: number | null;
      readonly closeOnExec: boolean;
      /** Called before it is closed. */
      readonly forget?: () => void;
    };

/** Throws only for what failed on our side. */
export type Decide = (caller: Caller) => Decision | Promise<Decision>;

export function refusal(errno: number): Decision {
  return { kind: "answer", result: -errno };
}

export function carryOut(listener: Fd, orders: InitOrders, notification: Notification, decision: Decision): void {
  if (decision.kind === "continue") letThrough(listener, notification);
  else if (decision.kind === "answer") answer(listener, notification, decision.result);
  else {
    const { ours, at, closeOnExec } = decision;
    const ordered = orders.give(notification, { ours: ours.fd, at, closeOnExec });
    // Init answers then. Where it was not told, the caller still waits.
    if (ordered < 0) answer(listener, notification, ordered);
  }
}

/** Closes what the job has its own copy of by now, or will not get. */
export function drop(decision: Decision): void {
  if (decision.kind !== "descriptor") return;
  decision.forget?.();
  try {
    decision.ours.close();
  } catch (error) {
    // Whoever gave it has closed it already. The job was told that there is no such descriptor.
    if (!isSyscallError(error) || error.code !== "EBADF") throw error;
  }
}
