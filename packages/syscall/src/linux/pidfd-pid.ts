// Which process a pidfd means, as this process sees it.
import type { Fd } from "../fd.ts";
import { type Pid, toPid } from "../pid.ts";
import { readText } from "../posix/path.ts";

/** null when the process is gone, or lives where this process can not see it (proc_pid_fdinfo(5), "Pid:"). */
export function pidOfPidfd(pidfd: Fd): Pid | null {
  const pid = Number(/^Pid:\s*(-?\d+)/m.exec(readText(`/proc/self/fdinfo/${pidfd}`))?.[1] ?? "-1");
  return pid > 0 ? toPid(pid) : null;
}
