// What hutch refuses of a policy, said with the option of the command line that gave it: nobody typed policy.files[0].source.
import type { Flags } from "./parse-flags.ts";
import { UsageError } from "./usage-error.ts";

/** The three forms in which hutch names a path of a policy. */
const REFUSED =
  /^Cannot use (?:policy\.(?:cwd|root|files\[\d+\]\.source) = |"[a-z-]+" at )"(?<path>[^"]*)"(?: of policy\.files)?: (?<why>.*)$/s;
const WITH_PATHS: readonly string[] = ["ro", "rw", "overlay", "tmpfs", "rootfs", "cwd"];

/** @param cwd what relative paths of this machine are relative to @returns the same error where no option gave the path */
export function inWordsOfFlags(error: unknown, { given }: Pick<Flags, "given">, cwd: string): unknown {
  const groups = error instanceof TypeError ? REFUSED.exec(error.message)?.groups : undefined;
  if (groups === undefined) return error;
  const { path = "", why } = groups;
  const { resolve } = process.getBuiltinModule("node:path");
  const isOf = (part: string): boolean => part === path || resolve(cwd, part) === path;
  const flag = given.findLast(({ name, value }) => WITH_PATHS.includes(name) && value.split(":").some(isOf));
  return flag === undefined ? error : new UsageError(`--${flag.name} ${flag.value}: ${why}`);
}
