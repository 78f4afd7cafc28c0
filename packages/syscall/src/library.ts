// The C library, opened at the first call and kept. Nothing happens while importing.
// RULE: one symbol makes every call; each further symbol costs every start of a process.
import { dlopen, FFIType, read } from "bun:ffi";
import { arch, UnsupportedPlatformError } from "./platform.ts";

const symbols = {
  // long syscall(long number, ...): the same registers as six fixed longs on x86-64 and on arm64 Linux.
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: FFIType.i64_fast },
  // int *__errno_location(void): stays the same for the life of a thread.
  __errno_location: { args: [], returns: "ptr" },
} as const;

type Word = number | bigint;

interface Library {
  readonly syscall: (number: Word, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) => Word;
  readonly errno: () => number;
}

let opened: Library | undefined;

/**
 * The library of this thread.
 * @throws UnsupportedPlatformError where there is no glibc on a supported Linux.
 */
export function library(): Library {
  opened ??= open();
  return opened;
}

function open(): Library {
  arch();
  const { syscall, __errno_location } = load();
  // SAFETY: errno lives in the thread's static TLS block, and this module instance never leaves its thread. A warm
  // fork keeps the calling thread and its TLS at the same address.
  const location = __errno_location();
  if (location === null) throw new UnsupportedPlatformError('Cannot make kernel calls: "libc.so.6" has no errno');
  return { syscall, errno: () => read.i32(location, 0) };
}

function load(): ReturnType<typeof dlopen<typeof symbols>>["symbols"] {
  try {
    return dlopen("libc.so.6", symbols).symbols;
  } catch (cause) {
    throw new UnsupportedPlatformError('Cannot make kernel calls: "libc.so.6" (glibc) does not load', { cause });
  }
}
