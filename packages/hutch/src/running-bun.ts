// The Bun that runs this process, as a file: an upgrade may put another one in its place under a live host.
import { call, type Fd, fileIdentity, isSyscallError, O, open } from "@hutch/syscall";
import { plainFile } from "./plain-programs.ts";

/** What this process runs, whatever lies at its path by now; the kernel keeps it as long as somebody runs it (proc_pid_exe(5)). */
const RUNNING = "/proc/self/exe";
const EXECUTABLE = 0o555;
const MOST_AT_ONCE = 2 ** 30;

/** Where it lies, or a copy of it where it lies no more. The copy goes with the last launch, or with this process. */
export function runningBun(): string {
  const running = identityOf(RUNNING);
  // Without /proc nobody can tell; then the worker says which Bun it is.
  if (running === null || running === identityOf(process.execPath)) return process.execPath;
  return plainFile("bun", EXECUTABLE, copyRunning);
}

function identityOf(path: string): string | null {
  try {
    using file = open(path, O.PATH);
    return fileIdentity(file.fd).join();
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "ENOTDIR", "EACCES")) return null;
    throw error;
  }
}

function copyRunning(to: Fd): void {
  using from = open(RUNNING, O.RDONLY);
  while (call("sendfile", to, from.fd, 0, MOST_AT_ONCE) > 0);
}
