// What can be known to be wrong with a policy before anything runs.
import type { Policy } from "@hutch/core";
import { isSyscallError, O, open } from "@hutch/syscall";

/** @throws TypeError for files, which a plain fork cannot show, and for a working folder that is none */
export function checkPolicy({ files, cwd }: Policy): void {
  if (files.length > 0)
    throw new TypeError(
      'Cannot use policy.files with the backend "posix-fork": its jobs see the files of the host; leave them out, or choose "linux-clone"',
    );
  try {
    open(cwd, O.PATH | O.DIRECTORY | O.CLOEXEC).close();
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    throw new TypeError(
      `Cannot use policy.cwd = "${cwd}": ${error.code}; with "posix-fork" it is a folder of the host`,
    );
  }
}
