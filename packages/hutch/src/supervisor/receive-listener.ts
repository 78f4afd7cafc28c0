// Takes the listener over from init, which hands it over before it tells of any call: who heard of one need not wait for it.
import { closeAll, controlSpace, unpackRights } from "@hutch/fdpass";
import { type Fd, MSG, type OwnedFd, tryRecvmsg } from "@hutch/syscall";

const KIND = "anon_inode:seccomp notify";

/**
 * TRUST: in a pool it came through the worker. What is no listener is closed, since our requests would mean something else to it.
 * @returns null when there is none, or this process has no descriptor left for it
 */
export function receiveListener(from: Fd): OwnedFd | null {
  const control = new Uint8Array(controlSpace(1));
  const received = tryRecvmsg(from, new Uint8Array(1), control, MSG.DONTWAIT);
  const descriptors = received === null ? [] : unpackRights(control.subarray(0, received.controlBytes));
  const [listener = null, ...others] = descriptors;
  closeAll(others);
  if (listener === null || isListener(listener.fd)) return listener;
  listener.close();
  return null;
}

function isListener(fd: Fd): boolean {
  return process.getBuiltinModule("node:fs").readlinkSync(`/proc/self/fd/${fd}`) === KIND;
}
