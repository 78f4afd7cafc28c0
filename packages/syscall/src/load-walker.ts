/// <reference path="./c-source.d.ts" />
// The native walker (walk-plan.c) as a function: linked from the bytes that were built with this package, or compiled here.
import { cc, dlopen, type Pointer } from "bun:ffi";
import { rawCall } from "./call.ts";
import { SyscallError } from "./errno.ts";
import { OwnedFd, toFd } from "./fd.ts";
import { syscallNumber } from "./linux/numbers.ts";
import { arch } from "./platform.ts";
import { readText } from "./posix/path.ts";
import walkerSource from "./walk-plan.c" with { type: "text" };
import { WALKER_DATA } from "./walker-data.ts";

export interface Walker {
  launch(launch: Pointer): bigint;
  /** Only after a launch that was deferred. */
  settle(launch: Pointer): void;
}

const SYMBOLS = {
  launch: { args: ["ptr"], returns: "i64" },
  settle: { args: ["ptr"], returns: "void" },
} as const;
const MFD_CLOEXEC = 1;

let walker: Walker | undefined;

export function loadWalker(): Walker {
  walker ??= linkWalker() ?? compileWalker();
  return walker;
}

/** A thirtieth of what compiling takes. null where no library may be mapped from anonymous memory. */
export function linkWalker(): Walker | null {
  using file = anonymousFile("walker", Buffer.from(WALKER_DATA[arch()].base64, "base64"));
  try {
    return dlopen(pathOf(file), SYMBOLS).symbols;
  } catch (error) {
    // A security policy may forbid it. Code that the runtime itself makes is then still possible.
    if (error instanceof Error) return null;
    throw error;
  }
}

export function compileWalker(): Walker {
  using file = anonymousFile("walk-plan.c", Buffer.from(walkerSource));
  // By default the compiler wants libc.so, which only machines with C's development files have; the C library itself is
  // mapped into every process that runs Bun.
  const { symbols } = cc({
    source: [pathOf(file), mappedLibrary()] as unknown as string,
    flags: "-nostdlib",
    symbols: SYMBOLS,
  });
  return symbols;
}

/** Loader and compiler take a path, and inside a sandbox there is no file of ours: a memfd has one everywhere that /proc is. */
function anonymousFile(name: string, bytes: Uint8Array): OwnedFd {
  const memfd = rawCall(syscallNumber("memfd_create"), Buffer.from(`${name}\0`), MFD_CLOEXEC);
  if (memfd < 0) throw new SyscallError("memfd_create", -memfd, "for the plan walker");
  const file = new OwnedFd(toFd(memfd));
  if (rawCall(syscallNumber("write"), file.fd, bytes, bytes.byteLength) === bytes.byteLength) return file;
  file.close();
  throw new Error("Cannot load the plan walker: it could not be written to memory");
}

function pathOf(file: OwnedFd): string {
  return `/proc/self/fd/${file.fd}`;
}

/** The path of the C library that this process runs with. */
function mappedLibrary(): string {
  const path = /\s(\/\S*\/libc(?:\.so\.6|-[\d.]+\.so))$/m.exec(readText("/proc/self/maps"))?.[1];
  if (path === undefined) throw new Error("Cannot compile the plan walker: no C library is mapped into this process");
  return path;
}
