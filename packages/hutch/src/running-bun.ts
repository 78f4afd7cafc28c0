// The Bun that runs this process, as a file: an upgrade may put another one in its place under a live host.
import { copyFileSync, statSync } from "node:fs";
import { plainFile } from "./plain-programs.ts";

/** What this process runs, whatever lies at its path by now; the kernel keeps it as long as somebody runs it (proc_pid_exe(5)). */
const RUNNING = "/proc/self/exe";

/** Where it lies, or a copy of it where it lies no more. The copy goes with the last launch, or with this process. */
export function runningBun(): string {
  const here = statSync(process.execPath, { throwIfNoEntry: false });
  const running = statSync(RUNNING, { throwIfNoEntry: false });
  // Without /proc nobody can tell; then the worker says which Bun it is.
  if (running === undefined || (here?.dev === running.dev && here.ino === running.ino)) return process.execPath;
  return plainFile("bun", (path) => copyFileSync(RUNNING, path), 0o555);
}
