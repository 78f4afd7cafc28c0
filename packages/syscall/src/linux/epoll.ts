// Event queues and event counters.
import { call, checked, tryCall } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { decodeStruct, encodeStruct } from "../struct.ts";
import { epollEventLayout } from "./structs.ts";

/** Events of epoll(7). */
export const EPOLL = {
  IN: 0x1,
  PRI: 0x2,
  OUT: 0x4,
  ERR: 0x8,
  HUP: 0x10,
  RDHUP: 0x2000,
  EXCLUSIVE: 0x10000000,
  WAKEUP: 0x20000000,
  ONESHOT: 0x40000000,
  ET: 0x80000000,
} as const;

/** Operations of epoll_ctl(2). */
export const EPOLL_CTL = { ADD: 1, DEL: 2, MOD: 3 } as const;

/** Flags of eventfd2(2). */
export const EFD = { SEMAPHORE: 1, NONBLOCK: 0o4000, CLOEXEC: 0o2000000 } as const;

const EPOLL_CLOEXEC = 0o2000000;
const EINTR = 4;

/** An event mask and the number that was registered with it. */
export interface EpollEvent {
  readonly events: number;
  readonly data: bigint;
}

/** epoll_create1(2), close-on-exec. */
export function epollCreate1(): OwnedFd {
  return new OwnedFd(toFd(call("epoll_create1", EPOLL_CLOEXEC)));
}

/** epoll_ctl(2). `event` is null for EPOLL_CTL.DEL only. */
export function epollCtl(epoll: Fd, operation: number, target: Fd, event: EpollEvent | null): void {
  const bytes =
    event === null ? null : encodeStruct(epollEventLayout(), { events: event.events >>> 0, data: event.data });
  checked("epoll_ctl", tryCall("epoll_ctl", epoll, operation, target, bytes), `descriptor ${target}`);
}

/** epoll_pwait(2). Empty after the timeout (-1: never, 0: at once), and when a signal ends the wait early. */
export function epollWait(epoll: Fd, maxEvents: number, timeoutMs: number): EpollEvent[] {
  const layout = epollEventLayout();
  const bytes = new Uint8Array(maxEvents * layout.size);
  const count = tryCall("epoll_pwait", epoll, bytes, maxEvents, timeoutMs, null, 8);
  if (count === -EINTR) return [];
  checked("epoll_pwait", count);
  return Array.from({ length: count }, (_, index) => decodeStruct(layout, bytes, index * layout.size));
}

/** eventfd2(2), close-on-exec. */
export function eventfd2(initial: number, flags: number = 0): OwnedFd {
  return new OwnedFd(toFd(call("eventfd2", initial, flags | EFD.CLOEXEC)));
}
