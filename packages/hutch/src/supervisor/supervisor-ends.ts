// The two ways from init to the host's supervisor. Init sends its listener by one of them before it says anything on the other,
// so that the host, which hears by events on the second, never waits for the first.
import { type OwnedFd, SOCK, socketpair } from "@hutch/syscall";
import type { HostEnds } from "./supervisor.ts";

export interface SupervisorEnds extends Disposable {
  /** Taken by the supervisor. */
  readonly host: HostEnds;
  /** Closed here once init, or whoever makes it, has copies. */
  readonly init: { readonly calls: OwnedFd; readonly handover: OwnedFd };
}

export function openSupervisorEnds(): SupervisorEnds {
  using undo = new DisposableStack();
  const calls = undo.use(socketpair(SOCK.STREAM));
  const handover = undo.use(socketpair(SOCK.STREAM));
  const all = undo.move();
  return {
    host: { calls: calls.a, handover: handover.a },
    init: { calls: calls.b, handover: handover.b },
    [Symbol.dispose]: () => all.dispose(),
  };
}
