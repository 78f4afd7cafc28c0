// A policy's sources are there and readable before anything is started: otherwise it is the caller's mistake, not a failed job.
import type { Policy } from "@hutch/core";
import { fileKind, isSyscallError } from "@hutch/syscall";
import { checkReadable } from "./check-readable.ts";

/** @throws TypeError that names the entry and its source */
export function checkSources({ files }: Policy): void {
  files.forEach((entry, index) => {
    if (!("source" in entry)) return;
    const option = `policy.files[${index}].source`;
    if (!exists(entry.source))
      throw new TypeError(`Cannot use ${option} = "${entry.source}": there is no such file or folder`);
    checkReadable(option, entry.source);
  });
}

/** What may not be looked at might as well not be there. */
function exists(path: string): boolean {
  try {
    return fileKind(path, true) !== null;
  } catch (error) {
    if (isSyscallError(error)) return false;
    throw error;
  }
}
