// Preloaded code that makes system calls in the worker, with nothing as their arguments, and tells its jobs what came of them.
import { native } from "./native-calls.ts";

/** add_key and kcmp, which no job may call. */
const NUMBERS = process.arch === "arm64" ? [217, 272] : [248, 312];
const heard = NUMBERS.map((number) => native("syscall", number));

export function heardAtLoad(): readonly number[] {
  return heard;
}
