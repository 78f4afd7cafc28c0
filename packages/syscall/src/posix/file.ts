// Files and descriptors, as far as building a sandbox needs them. Paths are relative to `at` where one is given.
// Every descriptor made here is close-on-exec; clear it with fcntl(fd, F.SETFD, 0).
import { call, checked, tryCall, tryCallRestarting } from "../call.ts";
import { AT_FDCWD, type Fd, OwnedFd, toFd } from "../fd.ts";
import { type Argument, type CText, cString } from "../pointer.ts";
import { quote } from "../quote.ts";
import { O } from "./open-flags.ts";

/** Flags of calls that take a directory descriptor and a path. */
export const AT = {
  SYMLINK_NOFOLLOW: 0x100,
  REMOVEDIR: 0x200,
  SYMLINK_FOLLOW: 0x400,
  NO_AUTOMOUNT: 0x800,
  EMPTY_PATH: 0x1000,
  RECURSIVE: 0x8000,
  EXECVE_CHECK: 0x10000,
} as const;

/** Commands of fcntl(2). Seals: memfd.ts. */
export const F = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  SETPIPE_SZ: 1031,
  GETPIPE_SZ: 1032,
  ADD_SEALS: 1033,
  GET_SEALS: 1034,
  DUPFD_CLOEXEC: 1030,
} as const;

/** The descriptor flag of F.SETFD. */
export const FD_CLOEXEC: number = 1;

/** Origins of lseek(2). */
export const SEEK = { SET: 0, CUR: 1, END: 2, DATA: 3, HOLE: 4 } as const;

/** The two ends of a pipe. */
export interface Pipe extends Disposable {
  readonly read: OwnedFd;
  readonly write: OwnedFd;
}

/**
 * openat(2), always close-on-exec.
 * @param mode permission bits of a new file.
 * @throws SyscallError that quotes the path; TypeError for a NUL byte in it.
 */
export function openat(at: Fd, path: CText, flags: number, mode: number = 0): OwnedFd {
  const result = tryCallRestarting("openat", at, cString(path), flags | O.CLOEXEC, mode);
  return new OwnedFd(toFd(checked("openat", result, quote(path))));
}

/** openat(2) relative to the current directory. */
export function open(path: CText, flags: number, mode: number = 0): OwnedFd {
  return openat(AT_FDCWD, path, flags, mode);
}

/** read(2): bytes read, 0 at the end of the file. */
export function read(fd: Fd, into: Uint8Array): number {
  return checked("read", tryRead(fd, into));
}

/** As read(), but a failure (EAGAIN on a non-blocking descriptor) is the negative errno. */
export function tryRead(fd: Fd, into: Uint8Array): number {
  return tryCallRestarting("read", fd, into, into.byteLength);
}

/** write(2): bytes written, which may be fewer than given. */
export function write(fd: Fd, bytes: Uint8Array): number {
  return checked("write", tryWrite(fd, bytes));
}

/** As write(), but a failure is the negative errno. */
export function tryWrite(fd: Fd, bytes: Uint8Array): number {
  return tryCallRestarting("write", fd, bytes, bytes.byteLength);
}

/** write(2) until all bytes are out. For blocking descriptors. */
export function writeAll(fd: Fd, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += write(fd, bytes.subarray(done));
}

/** pread64(2): bytes read at an offset, the position stays. */
export function pread(fd: Fd, into: Uint8Array, offset: number): number {
  return checked("pread64", tryCallRestarting("pread64", fd, into, into.byteLength, offset));
}

/** pipe2(2), close-on-exec; `flags` adds O.NONBLOCK or O.DIRECT. */
export function pipe2(flags: number = 0): Pipe {
  const ends = new Int32Array(2);
  call("pipe2", ends, flags | O.CLOEXEC);
  const read = new OwnedFd(toFd(ends[0] as number));
  const write = new OwnedFd(toFd(ends[1] as number));
  return {
    read,
    write,
    [Symbol.dispose]() {
      try {
        read.close();
      } finally {
        write.close();
      }
    },
  };
}

/**
 * dup3(2): makes `to` the same file as `from`. What `to` was is closed without a word, so pass only numbers that you own.
 * @param flags 0, or O.CLOEXEC.
 */
export function dup3(from: Fd, to: Fd, flags: number): void {
  call("dup3", from, to, flags);
}

/** A second descriptor of the same open file, close-on-exec (fcntl F_DUPFD_CLOEXEC), numbered `lowest` or above. */
export function dup(fd: Fd, lowest: number = 0): OwnedFd {
  return new OwnedFd(toFd(call("fcntl", fd, F.DUPFD_CLOEXEC, lowest)));
}

/** fcntl(2) with an integer argument. */
export function fcntl(fd: Fd, command: number, argument: number = 0): number {
  return call("fcntl", fd, command, argument);
}

/** ioctl(2). A view as the argument is read and written in place. */
export function ioctl(fd: Fd, request: number, argument: Argument = 0): number {
  return call("ioctl", fd, request, argument);
}

/** ftruncate(2). */
export function ftruncate(fd: Fd, lengthBytes: number): void {
  checked("ftruncate", tryCallRestarting("ftruncate", fd, lengthBytes));
}

/** lseek(2): the new position. */
export function lseek(fd: Fd, offset: number, whence: number): number {
  return call("lseek", fd, offset, whence);
}

/** mkdirat(2). */
export function mkdir(path: CText, mode: number, at: Fd = AT_FDCWD): void {
  checked("mkdirat", tryCall("mkdirat", at, cString(path), mode), quote(path));
}

/** unlinkat(2) of a file. */
export function unlink(path: CText, at: Fd = AT_FDCWD): void {
  checked("unlinkat", tryCall("unlinkat", at, cString(path), 0), quote(path));
}

/** unlinkat(2) of an empty folder. */
export function rmdir(path: CText, at: Fd = AT_FDCWD): void {
  checked("unlinkat", tryCall("unlinkat", at, cString(path), AT.REMOVEDIR), quote(path));
}

/** symlinkat(2): makes `path`, which points to `target`. */
export function symlink(target: CText, path: CText, at: Fd = AT_FDCWD): void {
  checked("symlinkat", tryCall("symlinkat", cString(target), at, cString(path)), quote(path));
}

/** chdir(2) of the whole process. */
export function chdir(path: CText): void {
  checked("chdir", tryCall("chdir", cString(path)), quote(path));
}

/** fchdir(2) of the whole process. */
export function fchdir(fd: Fd): void {
  call("fchdir", fd);
}
