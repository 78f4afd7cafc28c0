// The end of a process that this one launched: ending what is left of its tree, and waiting for it.
import type { JobCgroup } from "@hutch/linux-clone";
import { type Fd, type Pid, POLL, poll, tryCall, W, wait4 } from "@hutch/syscall";
import type { Reaped } from "./meter.ts";

const SIGKILL = 9;
/** How long to stand still for a job that is about to be gone; after that the event loop goes on between looks. */
const REAP_POLL_MS = 2;
const REAP_MAX_SLEEP_MS = 10;

/** @param group by its process group too, where no init of ours ends with it */
export function killTree(pid: Pid, pidfd: Fd, group: boolean, cgroup: JobCgroup | null): void {
  // The first process may already be gone (ESRCH): then so is everything that depends on it.
  tryCall("pidfd_send_signal", pidfd, SIGKILL);
  if (group) tryCall("kill", -pid, SIGKILL);
  cgroup?.kill();
}

/** @param hold waiting for it keeps this process alive */
export async function reapChild(pid: Pid, pidfd: Fd, hold: boolean): Promise<Reaped> {
  for (let sleepMs = 0; ; sleepMs = Math.min(REAP_MAX_SLEEP_MS, sleepMs + 1)) {
    poll([{ fd: pidfd, events: POLL.IN }], sleepMs === 0 ? REAP_POLL_MS : 0);
    const child = wait4(pid, W.NOHANG);
    if (child !== null) {
      return {
        waitStatus: child.status,
        cpuUserMicros: child.usage.userMicros,
        cpuSystemMicros: child.usage.systemMicros,
      };
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, sleepMs);
      if (!hold) timer.unref();
    });
  }
}
