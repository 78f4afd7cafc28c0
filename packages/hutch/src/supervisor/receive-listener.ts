// Takes the listener over from init: the first thing that it says, before it hears of any call.
import { closeAll, controlSpace, unpackRights } from "@hutch/fdpass";
import { type Fd, MSG, type OwnedFd, POLL, poll, tryRecvmsg } from "@hutch/syscall";

/** Init is already executed when a launch returns; it only has to be given a processor. */
const PATIENCE_MS = 2000;

/** @returns null when there is none: the setup failed, which the status socket tells, or init has ended */
export function receiveListener(from: Fd): OwnedFd | null {
  const [ready] = poll([{ fd: from, events: POLL.IN }], PATIENCE_MS);
  const byte = new Uint8Array(1);
  const control = new Uint8Array(controlSpace(1));
  const received = ready === 0 ? null : tryRecvmsg(from, byte, control, MSG.DONTWAIT);
  const descriptors = received === null ? [] : unpackRights(control.subarray(0, received.controlBytes));
  const [listener = null, ...others] = descriptors;
  closeAll(others);
  return listener;
}
