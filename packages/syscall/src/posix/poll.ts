// Waiting for descriptors. Blocks the thread; event loops have epoll.
import { checked, tryCall } from "../call.ts";
import type { Fd } from "../fd.ts";

/** Events of poll(2). ERR, HUP and NVAL are reported without being asked for. */
export const POLL = { IN: 0x1, PRI: 0x2, OUT: 0x4, ERR: 0x8, HUP: 0x10, NVAL: 0x20, RDHUP: 0x2000 } as const;

/** One descriptor and the events wanted of it. */
export interface PollRequest {
  readonly fd: Fd;
  readonly events: number;
}

const EINTR = 4;
const NANOSECONDS = 1_000_000_000;

/**
 * poll(2) through ppoll(2). Signals do not shorten the wait.
 * @param timeoutMs -1 waits for ever, 0 only looks.
 * @returns the events of each request in its order; all 0 after a timeout.
 */
export function poll(requests: readonly PollRequest[], timeoutMs: number): number[] {
  // pollfd { int fd; short events; short revents; }
  const fds = new Int16Array(requests.length * 4);
  requests.forEach(({ fd, events }, index) => {
    fds[index * 4] = fd & 0xffff;
    fds[index * 4 + 1] = fd >> 16;
    fds[index * 4 + 2] = events;
  });
  const deadline = Bun.nanoseconds() + timeoutMs * 1e6;
  for (;;) {
    const result = tryCall("ppoll", fds, requests.length, timeoutMs < 0 ? null : timespecUntil(deadline), null, 0);
    if (result === -EINTR) continue;
    checked("ppoll", result);
    return requests.map((_, index) => fds[index * 4 + 3] as number);
  }
}

function timespecUntil(deadline: number): BigInt64Array {
  const left = Math.max(0, Math.round(deadline - Bun.nanoseconds()));
  return new BigInt64Array([BigInt(Math.floor(left / NANOSECONDS)), BigInt(left % NANOSECONDS)]);
}
