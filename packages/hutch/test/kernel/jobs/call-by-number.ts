// A system call by its number, from inside a job.
import { native } from "./native-calls.ts";

/** @returns what the call returns, or the negated errno */
export function callByNumber(number: number, args: readonly number[]): number {
  return native("syscall", number, ...args);
}

export function outputOf(argv: readonly string[]): string {
  return Bun.spawnSync([...argv]).stdout.toString();
}
