// First processes of launches that were ended because a step stood still. A process that the kernel does not let go is gone when
// the call that it is in returns, which may be never: it is waited for now, and again at every later launch.
import type { OwnedFd } from "./fd.ts";
import { POLL, poll } from "./posix/poll.ts";
import { W, waitid } from "./posix/wait.ts";

/** A killed process is gone in milliseconds, or is held by the kernel. */
const END_MS = 1000;
const unreaped = new Set<OwnedFd>();

export function awaitEnd(pidfd: OwnedFd): void {
  poll([{ fd: pidfd.fd, events: POLL.IN }], END_MS);
  unreaped.add(pidfd);
  reapKilled();
}

/** Harmless and cheap where there is none. */
export function reapKilled(): void {
  for (const pidfd of unreaped) {
    if (waitid({ pidfd: pidfd.fd }, W.EXITED | W.NOHANG) === null) continue;
    pidfd.close();
    unreaped.delete(pidfd);
  }
}
