// Decides each connect(2) of a job. A service that the policy names is connected to by the host, and the job's descriptor is
// replaced by that connection. Everything else goes on in the kernel.
// RULE: what a job is given depends on a copy of its arguments and on nothing that it can change afterwards. "Go on" decides
// nothing: whatever the arguments are by then, landlock lets the job connect no TCP socket, also none that it was given and
// dissolved, and the network of its other sockets leads nowhere.
import { type Destination, destinationsOf, type Supervise } from "@hutch/core";
import type { Fd, OwnedFd, Pid } from "@hutch/syscall";
import { F, fcntl, O } from "@hutch/syscall";
import { connectDescriptor } from "../connect-descriptor.ts";
import { canonical, descriptorFlags, parseAddress, readMemory } from "./caller.ts";
import { connectOut } from "./connect-out.ts";
import {
  answer,
  decodeNotification,
  letThrough,
  NOTIFICATION_BYTES,
  type Notification,
  replaceDescriptor,
  stillWaits,
} from "./notification.ts";

const MOST_FD = 0x7fff_ffff;
/** Connections that are being made: a job with many threads must not use up the descriptors of the host. */
const MOST_AT_ONCE = 32;
const [EIO, EBADF, EAGAIN] = [5, 9, 11];

/** @param calls where init tells of calls; Bun's from here on @param init process 1 of the job */
export function superviseConnect(policy: Supervise, init: Pid, listener: OwnedFd, calls: OwnedFd): Disposable {
  const destinations = new Map<string, Destination>(
    destinationsOf(policy).map((each) => [key(each.address, each.port), each]),
  );
  let rest = new Uint8Array(0);
  let over = false;
  let atOnce = 0;
  let close = (): void => {};
  const socket: Bun.SocketHandler = {
    open(opened) {
      close = () => opened.terminate();
      if (over) close();
    },
    data(_socket, data) {
      rest = Buffer.concat([rest, data]);
      while (rest.byteLength >= NOTIFICATION_BYTES && !over) {
        const notification = decodeNotification(rest.subarray(0, NOTIFICATION_BYTES));
        rest = rest.subarray(NOTIFICATION_BYTES);
        // What failed on our side is told to the caller, who waits for an answer.
        decide(notification).catch(() => answer(listener.fd, notification, -EIO));
      }
    },
  };
  connectDescriptor(calls, socket).catch(() => {
    // Without that socket init cannot say anything, and so it ends the job.
  });

  const decide = async (notification: Notification): Promise<void> => {
    const [theirs, at, length] = notification.args;
    const wanted = destinationOf(notification, at, length);
    if (wanted === null || theirs > BigInt(MOST_FD)) return letThrough(listener.fd, notification);
    if (atOnce >= MOST_AT_ONCE) return answer(listener.fd, notification, -EAGAIN);
    atOnce += 1;
    const made = await connectOut(wanted).finally(() => {
      atOnce -= 1;
    });
    if (made.kind === "failed") return over ? undefined : answer(listener.fd, notification, -made.errno);
    using ours = made.socket;
    if (!over) answer(listener.fd, notification, give(notification, ours.fd, Number(theirs)));
  };

  const destinationOf = (notification: Notification, at: bigint, length: bigint): Destination | null => {
    const bytes = readMemory(init, notification.pid, at, length);
    // ORDER: after the read. If the caller had ended before it, its id could have been another's.
    if (bytes === null || !stillWaits(listener.fd, notification)) return null;
    const address = parseAddress(bytes);
    return address === null ? null : (destinations.get(key(address.address, address.port)) ?? null);
  };

  const give = (notification: Notification, ours: Fd, theirs: number): number => {
    const flags = descriptorFlags(init, notification.pid, theirs);
    if (flags === null) return -EBADF;
    if ((flags & O.NONBLOCK) === 0) fcntl(ours, F.SETFL, 0);
    return Math.min(0, replaceDescriptor(listener.fd, notification, ours, theirs, (flags & O.CLOEXEC) !== 0));
  };

  return {
    [Symbol.dispose]() {
      if (over) return;
      over = true;
      close();
      listener.close();
    },
  };
}

function key(address: string, port: number): string {
  return `${canonical(address)} ${port}`;
}
