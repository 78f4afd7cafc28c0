// System calls from inside a function, and what it says: one line for each way that it tries.
import { dlopen, ptr, read } from "bun:ffi";

type Value = number | bigint | Uint8Array;
export type Targets = Readonly<Record<string, string>>;

const library = dlopen("libc.so.6", {
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" },
  __errno_location: { args: [], returns: "ptr" },
});

/** x86-64 and arm64. */
const NUMBERS = {
  bind: [49, 200],
  connect: [42, 203],
  fcntl: [72, 25],
  listen: [50, 201],
  socket: [41, 198],
} as const;

/** @returns what the call returns, or the negated errno */
export function call(name: keyof typeof NUMBERS, ...given: readonly Value[]): number {
  const number = NUMBERS[name][process.arch === "arm64" ? 1 : 0];
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n] = given.map((value) =>
    value instanceof Uint8Array ? BigInt(ptr(value)) : BigInt(value),
  );
  const result = Number(library.symbols.syscall(BigInt(number), a, b, c, d, e, f));
  const errno = library.symbols.__errno_location();
  return result === -1 && errno !== null ? -read.i32(errno) : result;
}

/** @param result of call() */
export function told(way: string, result: number): string {
  return result < 0 ? `${way}: held errno ${-result}` : `${way}: reached`;
}

/** Of what throws where it is held. */
export function attempt(way: string, act: () => unknown): string {
  try {
    return `${way}: reached ${String(act() ?? "")}`;
  } catch (error) {
    return `${way}: held ${(error as { code?: string }).code ?? (error as Error).message}`;
  }
}
