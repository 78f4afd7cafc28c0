// Waiting for children: reaping them, or only looking (waitid with W.NOWAIT).
// RULE: Bun reaps what Bun.spawn started; wait only for children that were cloned through this package.
import { checked, tryCallRestarting } from "../call.ts";
import type { Fd } from "../fd.ts";
import { type Pid, toPid } from "../pid.ts";
import { decodeStruct } from "../struct.ts";
import { decodeUsage, type ResourceUsage } from "./resource.ts";
import { RUSAGE_LAYOUT, SIGINFO_CHILD_LAYOUT } from "./structs.ts";
import { decodeChildCode, decodeWaitStatus, type WaitStatus } from "./wait-status.ts";

/** Options of wait4(2) and waitid(2). waitid needs at least one of EXITED, STOPPED, CONTINUED. */
export const W = {
  NOHANG: 1,
  STOPPED: 2,
  UNTRACED: 2,
  EXITED: 4,
  CONTINUED: 8,
  NOWAIT: 0x01000000,
  CLONE: 0x80000000,
  ALL: 0x40000000,
  NOTHREAD: 0x20000000,
} as const;

/** Whom waitid(2) waits for. Linux calls these P_ALL, P_PID, P_PGID and P_PIDFD (SINCE: Linux 5.4). */
export type WaitTarget = "any" | { readonly pid: Pid } | { readonly pgid: Pid } | { readonly pidfd: Fd };

/** A child that wait4(2) reaped. */
export interface Reaped {
  readonly pid: Pid;
  /** The raw wait status, as it travels between processes. */
  readonly status: number;
  readonly end: WaitStatus;
  /** Use of the child and of the descendants that it waited for. */
  readonly usage: ResourceUsage;
}

/** A child as waitid(2) reports it. */
export interface ChildInfo {
  readonly pid: Pid;
  /** The child's real user, as our user namespace sees it. */
  readonly uid: number;
  /** One of CLD. */
  readonly code: number;
  /** An exit code or a signal, depending on `code`. */
  readonly status: number;
  readonly end: WaitStatus;
  readonly usage: ResourceUsage;
}

/**
 * wait4(2).
 * @param pid a child, or null for any.
 * @returns null with W.NOHANG while nothing has ended.
 * @throws SyscallError ECHILD if there is no such child.
 */
export function wait4(pid: Pid | null, options: number = 0): Reaped | null {
  const status = new Int32Array(1);
  const usage = new Uint8Array(RUSAGE_LAYOUT.size);
  const result = checked(
    "wait4",
    tryCallRestarting("wait4", pid ?? -1, status, options, usage),
    pid === null ? undefined : `process ${pid}`,
  );
  if (result === 0) return null;
  const word = status[0] as number;
  return { pid: toPid(result), status: word, end: decodeWaitStatus(word), usage: decodeUsage(usage) };
}

/**
 * waitid(2). With W.NOWAIT the child stays a zombie, so its id can not be used again yet.
 * @returns null with W.NOHANG while nothing has happened.
 * @throws SyscallError ECHILD if there is no such child.
 */
export function waitid(target: WaitTarget, options: number): ChildInfo | null {
  const info = new Uint8Array(SIGINFO_CHILD_LAYOUT.size);
  const usage = new Uint8Array(RUSAGE_LAYOUT.size);
  const [type, id] = idOf(target);
  checked("waitid", tryCallRestarting("waitid", type, id, info, options, usage));
  const { si_pid, si_uid, si_code, si_status } = decodeStruct(SIGINFO_CHILD_LAYOUT, info);
  // With W.NOHANG and nothing to report the kernel leaves si_pid 0.
  if (si_pid === 0) return null;
  return {
    pid: toPid(si_pid),
    uid: si_uid,
    code: si_code,
    status: si_status,
    end: decodeChildCode(si_code, si_status),
    usage: decodeUsage(usage),
  };
}

function idOf(target: WaitTarget): readonly [type: number, id: number] {
  if (target === "any") return [0, 0];
  if ("pid" in target) return [1, target.pid];
  if ("pgid" in target) return [2, target.pgid];
  return [3, target.pidfd];
}
