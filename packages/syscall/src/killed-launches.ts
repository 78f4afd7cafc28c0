// First processes of launches that were ended because a step stood still. A process that the kernel does not let go is gone when
// the call that it is in returns, which may be never: it is waited for now, and again at every later launch.
import type { OwnedFd } from "./fd.ts";
import type { Pid } from "./pid.ts";
import { POLL, poll } from "./posix/poll.ts";
import { W, wait4 } from "./posix/wait.ts";

interface Killed {
  readonly pid: Pid;
  readonly pidfd: OwnedFd;
}

/** A killed process is gone in milliseconds, or is held by the kernel. */
const END_MS = 1000;
const unreaped = new Set<Killed>();

export function awaitEnd(killed: Killed): void {
  poll([{ fd: killed.pidfd.fd, events: POLL.IN }], END_MS);
  unreaped.add(killed);
  reapKilled();
}

/** Harmless and cheap where there is none. */
export function reapKilled(): void {
  for (const killed of unreaped) {
    if (wait4(killed.pid, W.NOHANG) === null) continue;
    killed.pidfd.close();
    unreaped.delete(killed);
  }
}
