// The calling process: who it is, signals, sessions, exec and exit. Waiting for children: wait.ts.
import { call, checked, tryCall } from "../call.ts";
import { AT_FDCWD, type Fd } from "../fd.ts";
import { type Pid, toPid } from "../pid.ts";
import { Arena, type CText } from "../pointer.ts";
import { quote } from "../quote.ts";
import { AT } from "./file.ts";

const EINVAL = 22;

/** getpid(2). Asks the kernel, so it is right in a forked copy too, where process.pid is not. */
export function getpid(): Pid {
  return toPid(call("getpid"));
}

/** getppid(2): 0 if the parent is in a pid namespace that we can not see. */
export function getppid(): number {
  return call("getppid");
}

export function getuid(): number {
  return call("getuid");
}

export function geteuid(): number {
  return call("geteuid");
}

export function getgid(): number {
  return call("getgid");
}

export function getegid(): number {
  return call("getegid");
}

/**
 * kill(2) of one process. Signal 0 only asks whether it exists.
 * @throws SyscallError ESRCH if it is gone, EPERM if it belongs to somebody else.
 */
export function kill(pid: Pid, signal: number): void {
  checked("kill", tryCall("kill", pid, signal), `process ${pid}`);
}

/** kill(2) of every process of a group. */
export function killGroup(pgid: Pid, signal: number): void {
  checked("kill", tryCall("kill", -pgid, signal), `process group ${pgid}`);
}

/** setsid(2): a new session and group, without a terminal. EPERM if we lead a group already. */
export function setsid(): Pid {
  return toPid(call("setsid"));
}

/** setpgid(2). */
export function setpgid(pid: Pid, pgid: Pid): void {
  call("setpgid", pid, pgid);
}

/** umask(2): the mask before. */
export function umask(mask: number): number {
  return call("umask", mask);
}

/** exit_group(2): ends at once. No exit handler, no flush, no event runs; what a forked copy must use. */
export function exitGroup(code: number): never {
  call("exit_group", code);
  throw new Error("Cannot exit: the kernel returned from exit_group");
}

/**
 * execve(2): becomes another program. Returns only by throwing.
 * @param environment entries "NAME=value".
 */
export function execve(path: CText, argv: readonly CText[], environment: readonly CText[]): never {
  return execveat(AT_FDCWD, path, argv, environment, 0);
}

/** execveat(2); with AT.EMPTY_PATH and "" the program is the descriptor itself. */
export function execveat(
  at: Fd,
  path: CText,
  argv: readonly CText[],
  environment: readonly CText[],
  flags: number,
): never {
  using arena = new Arena();
  const result = tryCall("execveat", at, arena.cString(path), arena.cStrings(argv), arena.cStrings(environment), flags);
  checked("execveat", result, quote(path));
  throw new Error("Cannot exec: the kernel returned from execveat");
}

/**
 * Whether this process may execute the open file: the kernel's checks of execveat(2) without the execution.
 * SINCE: Linux 6.14. @returns null on a kernel that can not tell
 */
export function isExecutable(file: Fd): boolean | null {
  using arena = new Arena();
  const none = arena.cStrings([]);
  const result = tryCall("execveat", file, arena.cString(""), none, none, AT.EMPTY_PATH | AT.EXECVE_CHECK);
  return result === -EINVAL ? null : result === 0;
}
