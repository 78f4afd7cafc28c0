// Calls of the C library from inside a job: what JavaScript alone would not let it do.
import { dlopen, ptr, read } from "bun:ffi";

type Value = number | bigint | Uint8Array;

/** How many arguments each takes. All are passed as 64 bits, which every one of them can read. */
const INTS = {
  accept: 3,
  bind: 3,
  connect: 3,
  dup2: 2,
  fcntl: 3,
  fork: 0,
  getpid: 0,
  inotify_add_watch: 3,
  kill: 2,
  listen: 2,
  memfd_create: 2,
  mount: 5,
  prlimit: 4,
  ptrace: 4,
  setns: 2,
  setuid: 1,
  shmctl: 3,
  shmdt: 1,
  shmget: 3,
  shutdown: 2,
  signal: 2,
  socket: 3,
  umount2: 2,
  unshare: 1,
  chroot: 1,
  pause: 0,
  usleep: 1,
  waitpid: 3,
  _exit: 1,
} as const;
const LONGS = { process_vm_readv: 6, send: 4, sendmsg: 3, shmat: 3, syscall: 7, write: 3 } as const;
type CallName = keyof typeof INTS | keyof typeof LONGS;

/** Without a wrapper of their own in the C library that is sure to be there. */
const NUMBER: Readonly<Record<"add_key" | "keyctl" | "pidfd_getfd" | "pidfd_open" | "pivot_root", number>> =
  process.arch === "arm64"
    ? { add_key: 217, keyctl: 219, pidfd_getfd: 438, pidfd_open: 434, pivot_root: 41 }
    : { add_key: 248, keyctl: 250, pidfd_getfd: 438, pidfd_open: 434, pivot_root: 155 };

const args = (count: number): "i64"[] => Array.from({ length: count }, () => "i64");
const symbols = Object.fromEntries([
  ...Object.entries(INTS).map(([name, count]) => [name, { args: args(count), returns: "i32" as const }]),
  ...Object.entries(LONGS).map(([name, count]) => [name, { args: args(count), returns: "i64" as const }]),
  ["__errno_location", { args: [], returns: "ptr" as const }],
]);
let library: ReturnType<typeof dlopen> | undefined;

/** @returns what the call returns, or the negated errno */
export function native(name: CallName, ...given: readonly Value[]): number {
  library ??= dlopen("libc.so.6", symbols);
  const count = { ...INTS, ...LONGS }[name];
  const values = Array.from({ length: count }, (_, index) => {
    const value = given[index] ?? 0;
    return value instanceof Uint8Array ? BigInt(ptr(value)) : BigInt(value);
  });
  const call = library.symbols[name] as unknown as (...values: readonly bigint[]) => number | bigint;
  const result = Number(call(...values));
  if (result !== -1) return result;
  const errno = library.symbols.__errno_location as unknown as () => Parameters<typeof read.i32>[0];
  return -read.i32(errno());
}

export function text(value: string): Uint8Array {
  return Buffer.from(`${value}\0`);
}

export function systemCall(name: keyof typeof NUMBER, ...given: readonly Value[]): number {
  return native("syscall", NUMBER[name], ...given);
}

/** What it gives, or the code of the error that it throws. */
export function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
