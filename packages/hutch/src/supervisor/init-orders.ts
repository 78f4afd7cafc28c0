// What the host has init do, since the caller or its memory can hold up whoever does it for as long as a job likes: a thread
// that gets no processor has the kernel wait until it takes a descriptor, and one that changes its memory locks it against
// being read. Init stands still then, and with it the job; the host's event loop goes on.
import { packRights } from "@hutch/fdpass";
import { type Fd, MSG, type OwnedFd, SECCOMP_ADDFD_FLAG, trySendmsg } from "@hutch/syscall";
import type { Notification } from "./notification.ts";

/** struct order of native/init.c. */
const ORDER_BYTES = 48;
const [READ, GIVE] = [1, 2];
const O_CLOEXEC = 0o2000000;
const MOST_TOKEN = 0xffff_ffff;

export interface GivenDescriptor {
  readonly ours: Fd;
  /** The number that it gets; null: the lowest free one, which the call then returns. */
  readonly at: number | null;
  readonly closeOnExec: boolean;
}

export class InitOrders {
  readonly #to: OwnedFd;
  readonly #reads: Map<number, (bytes: Uint8Array | null) => void> = new Map();
  #token = 0;

  /** @param to ours from here on */
  constructor(to: OwnedFd) {
    this.#to = to;
  }

  /** @returns as many bytes of the caller's memory as there are; null where there are none, or it does not wait any more */
  read({ id, pid }: Notification, at: bigint, length: number): Promise<Uint8Array | null> {
    this.#token = (this.#token % MOST_TOKEN) + 1;
    const token = this.#token;
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    this.#reads.set(token, resolve);
    if (this.#send({ id, kind: READ, pid, at, length, token }, null) < 0) this.copied(token, null);
    return promise;
  }

  /** What init answered to read(). */
  copied(token: number, bytes: Uint8Array | null): void {
    this.#reads.get(token)?.(bytes);
    this.#reads.delete(token);
  }

  /** Answers the call with a descriptor of ours. @returns a negated errno where that has not even been ordered */
  give({ id, pid }: Notification, { ours, at, closeOnExec }: GivenDescriptor): number {
    const { SETFD, SEND } = SECCOMP_ADDFD_FLAG;
    const flags = at === null ? SEND : SETFD;
    return this.#send({ id, kind: GIVE, pid, flags, number: at ?? 0, closeOnExec }, ours);
  }

  #send(order: Order, descriptor: Fd | null): number {
    const rights = descriptor === null ? null : packRights([descriptor]);
    return Math.min(0, trySendmsg(this.#to.fd, encodeOrder(order), rights, MSG.DONTWAIT));
  }

  close(): void {
    for (const token of this.#reads.keys()) this.copied(token, null);
    this.#to.close();
  }
}

interface Order {
  readonly id: bigint;
  readonly kind: number;
  readonly pid: number;
  readonly at?: bigint;
  readonly length?: number;
  readonly flags?: number;
  readonly number?: number;
  readonly closeOnExec?: boolean;
  readonly token?: number;
}

function encodeOrder(order: Order): Uint8Array {
  const bytes = new Uint8Array(ORDER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, order.id, true);
  view.setUint32(8, order.kind, true);
  view.setUint32(12, order.pid, true);
  view.setBigUint64(16, order.at ?? 0n, true);
  view.setBigUint64(24, BigInt(order.length ?? 0), true);
  view.setUint32(32, order.flags ?? 0, true);
  view.setUint32(36, order.number ?? 0, true);
  view.setUint32(40, order.closeOnExec === true ? O_CLOEXEC : 0, true);
  view.setUint32(44, order.token ?? 0, true);
  return bytes;
}
