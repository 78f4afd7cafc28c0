// What can be known to be wrong with a policy before anything runs.
import type { Policy } from "@hutch/core";
import { isSyscallError, O, open } from "@hutch/syscall";

/** @throws TypeError for files, which a plain fork cannot show, what else it cannot do, and a working folder that is none */
export function checkPolicy({ files, cwd, root, tcp, unixSockets, terminal, syscalls, ids, supervise }: Policy): void {
  const impossible = Object.entries({
    root: root !== null,
    tcp: tcp !== null,
    unixSockets: unixSockets !== "all",
    terminal,
    syscalls: typeof syscalls === "object",
    ids: ids !== "one",
    supervise: supervise !== null,
  }).find(([, wanted]) => wanted);
  if (impossible !== undefined)
    throw new TypeError(
      `Cannot use policy.${impossible[0]} with the backend "posix-fork": it has no means for it; leave it out, or choose "linux-clone"`,
    );
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
