// A policy's sources are there and readable before anything is started: otherwise it is the caller's mistake, not a failed job.
import type { Policy } from "@hutch/core";
import { type FileKind, fileKind, isSyscallError } from "@hutch/syscall";
import { checkReadable } from "./check-readable.ts";

/** @throws TypeError that names the entry and its source */
export function checkSources({ root, files }: Policy): void {
  if (root !== null) {
    if (fileKindOrNull(root) !== "folder")
      throw new TypeError(`Cannot use policy.root = "${root}": there is no such folder`);
    checkReadable("policy.root", root);
  }
  files.forEach((entry, index) => {
    if (!("source" in entry)) return;
    const option = `policy.files[${index}].source`;
    if (fileKindOrNull(entry.source) === null)
      throw new TypeError(`Cannot use ${option} = "${entry.source}": there is no such file or folder`);
    checkReadable(option, entry.source);
  });
}

/** What may not be looked at might as well not be there. */
function fileKindOrNull(path: string): FileKind | null {
  try {
    return fileKind(path, true);
  } catch (error) {
    if (isSyscallError(error)) return null;
    throw error;
  }
}
