// The end of a job whose worker is gone: nobody is its parent who would tell us, so the kernel is asked by the pidfd.
import { type Fd, isSyscallError, PIDFD_INFO, POLL, pidfdGetInfo, poll } from "@hutch/syscall";

const SIGKILL = 9;
const LONGEST_PAUSE_MS = 10;
/** Whoever took the process over reaps it, at once or on its rounds; only then does the pidfd tell its exit status. */
const REAPED_WITHIN_MS = 5_000;

/**
 * Waits until the process of a pidfd has ended.
 * @returns its raw wait status; null where the kernel does not tell (before Linux 6.15), and for SIGKILL, which may be ours
 */
export async function endOfOrphan(pidfd: Fd): Promise<number | null> {
  await untilTrue(() => poll([{ fd: pidfd, events: POLL.IN }], 0)[0] !== 0, Number.POSITIVE_INFINITY);
  let status: number | null = null;
  await untilTrue(() => {
    const known = exitStatus(pidfd);
    status = known ?? null;
    return known !== undefined;
  }, REAPED_WITHIN_MS);
  return status === SIGKILL ? null : status;
}

/** undefined while nobody has reaped it; null where this kernel can not say. */
function exitStatus(pidfd: Fd): number | null | undefined {
  try {
    const { mask, exit_code } = pidfdGetInfo(pidfd, PIDFD_INFO.EXIT);
    return (Number(mask) & PIDFD_INFO.EXIT) === 0 ? undefined : exit_code;
  } catch (error) {
    if (isSyscallError(error)) return null;
    throw error;
  }
}

async function untilTrue(condition: () => boolean, withinMs: number): Promise<void> {
  const startedMs = performance.now();
  for (let pauseMs = 1; !condition() && performance.now() - startedMs < withinMs; pauseMs += 1)
    await Bun.sleep(Math.min(pauseMs, LONGEST_PAUSE_MS));
}
