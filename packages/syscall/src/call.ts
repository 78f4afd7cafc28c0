// One kernel call: number, six words, and errno read before anything else can run.
// Areas build typed wrappers on this; other packages should not need it.
import { SyscallError } from "./errno.ts";
import { library } from "./library.ts";
import { type SyscallName, syscallNumber } from "./linux/numbers.ts";
import { type Argument, toWord, unpin } from "./pointer.ts";

const EINTR = 4;

/**
 * Makes a call by number. The result is what the kernel returned: a failure is the negative errno, nothing is thrown
 * for it. Views given as arguments stay in place until the call returns.
 */
export function rawCall(
  number: number,
  a: Argument = 0,
  b: Argument = 0,
  c: Argument = 0,
  d: Argument = 0,
  e: Argument = 0,
  f: Argument = 0,
): number {
  const { syscall, errno } = library();
  try {
    const result = syscall(number, toWord(a), toWord(b), toWord(c), toWord(d), toWord(e), toWord(f));
    // ORDER: errno first. A collection or another call in between could overwrite it.
    return result === -1 ? -errno() : Number(result);
  } finally {
    unpin();
  }
}

/** Makes a call by name. A failure is the negative errno. */
export function tryCall(
  name: SyscallName,
  a: Argument = 0,
  b: Argument = 0,
  c: Argument = 0,
  d: Argument = 0,
  e: Argument = 0,
  f: Argument = 0,
): number {
  return rawCall(syscallNumber(name), a, b, c, d, e, f);
}

/** As tryCall(), again whenever a signal interrupts it: the runtime sends itself signals that mean nothing to us. */
export function tryCallRestarting(
  name: SyscallName,
  a: Argument = 0,
  b: Argument = 0,
  c: Argument = 0,
  d: Argument = 0,
  e: Argument = 0,
  f: Argument = 0,
): number {
  for (;;) {
    const result = rawCall(syscallNumber(name), a, b, c, d, e, f);
    if (result !== -EINTR) return result;
  }
}

/**
 * Makes a call by name.
 * @throws SyscallError when it fails.
 */
export function call(
  name: SyscallName,
  a: Argument = 0,
  b: Argument = 0,
  c: Argument = 0,
  d: Argument = 0,
  e: Argument = 0,
  f: Argument = 0,
): number {
  return checked(name, rawCall(syscallNumber(name), a, b, c, d, e, f));
}

/**
 * Passes a result on.
 * @throws SyscallError if it is a negative errno; `detail` says what the call was about, such as a quoted path.
 */
export function checked(name: SyscallName, result: number, detail?: string): number {
  if (result < 0) throw new SyscallError(name, -result, detail);
  return result;
}
