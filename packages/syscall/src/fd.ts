// File descriptors: a number with a brand, and an owner that closes it exactly once.
import { tryCall } from "./call.ts";
import { SyscallError } from "./errno.ts";

declare const fdBrand: unique symbol;

/** A descriptor number that somebody else owns. */
export type Fd = number & { readonly [fdBrand]: true };

const EINTR = 4;

/**
 * Brands a number that came from elsewhere.
 * @throws RangeError unless it is an integer from 0 to 2^31 - 1: a missing number must not become descriptor 0.
 */
export function toFd(value: number): Fd {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff)
    throw new RangeError(`Cannot use ${value} as a descriptor: expected an integer from 0 to 2147483647`);
  return value as Fd;
}

export const STDIN: Fd = 0 as Fd;
export const STDOUT: Fd = 1 as Fd;
export const STDERR: Fd = 2 as Fd;

/** "Relative to the current directory", for calls that take a directory descriptor. */
export const AT_FDCWD: Fd = -100 as Fd;

/** An open descriptor of ours. Close it by `using`, close() or by giving it away with take(). */
export class OwnedFd {
  #fd: Fd | undefined;

  constructor(fd: Fd) {
    this.#fd = toFd(fd);
  }

  /**
   * The number, to pass to calls.
   * @throws TypeError once it is closed or taken: the number may already mean another file.
   */
  get fd(): Fd {
    if (this.#fd === undefined) throw new TypeError("Cannot use a descriptor: it is closed or was given away");
    return this.#fd;
  }

  get closed(): boolean {
    return this.#fd === undefined;
  }

  /**
   * Gives the number to the caller, who closes it from now on.
   * @throws TypeError once it is closed or taken.
   */
  take(): Fd {
    const fd = this.fd;
    this.#fd = undefined;
    return fd;
  }

  /**
   * close(2). Harmless when repeated.
   * @throws SyscallError, with the descriptor closed all the same, for a late write error (EIO, ENOSPC, EDQUOT), and for
   * EBADF, which means that somebody else closed our number.
   */
  close(): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    // ORDER: forget first. Linux frees the number even when close fails, so it must never be closed again.
    this.#fd = undefined;
    const result = tryCall("close", fd);
    if (result < 0 && result !== -EINTR) throw new SyscallError("close", -result, `descriptor ${fd}`);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
