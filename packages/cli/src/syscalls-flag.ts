// --seccomp: a profile by name, or a file in the format of OCI and Docker.
import { type Policy, parsePolicy } from "hutch";
import { UsageError } from "./usage-error.ts";

/** A file that is called like a name is `./off`. @throws UsageError for a file that is no profile */
export function syscallsOf(given: string, cwd: string): Policy["syscalls"] {
  if (given === "default" || given === "off") return given;
  const { resolve } = process.getBuiltinModule("node:path");
  const { readFileSync } = process.getBuiltinModule("node:fs");
  try {
    return parsePolicy({ syscalls: JSON.parse(readFileSync(resolve(cwd, given), "utf8")) }).syscalls;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT")
      throw new UsageError(`--seccomp ${given}: expected default, off, or a file, and there is no such file`);
    throw new UsageError(`--seccomp ${given}: ${error.message}`);
  }
}
