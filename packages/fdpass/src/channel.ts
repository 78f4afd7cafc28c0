// A message channel over SOCK_SEQPACKET: one send is one packet, with descriptors beside it.
// A packet that was cut, or that lost descriptors on the way, is an error that closes what came with it.
import { type Fd, MSG, type OwnedFd, SyscallError, tryRecvmsg, trySendmsg } from "@hutch/syscall";
import { closeAll, controlSpace, MAX_DESCRIPTORS, packRights, unpackRights } from "./rights.ts";

const EAGAIN = 11;
const EPIPE = 32;
const ECONNRESET = 104;
/** This user has as many descriptors under way as it may have open: some have to arrive first. */
const ETOOMANYREFS = 109;

export interface Packet {
  readonly kind: "packet";
  readonly bytes: Uint8Array;
  /** The receiver's to close, all of them. */
  readonly descriptors: readonly OwnedFd[];
}

export type Received = Packet | { readonly kind: "empty" } | { readonly kind: "closed" };
export type Sent = "sent" | "full" | "closed";

/** A packet that arrived damaged: cut off, or without all of its descriptors. What did arrive was closed. */
export class DamagedPacketError extends Error {
  override readonly name: string = "DamagedPacketError";
}

export interface ChannelOptions {
  /** Largest packet, bytes. A longer one is damaged. */
  readonly maxBytes: number;
  /** Most descriptors beside one packet. */
  readonly maxDescriptors: number;
}

export class Channel implements Disposable {
  readonly #socket: OwnedFd;
  readonly #buffer: Uint8Array;
  readonly #control: Uint8Array;

  /** @param socket one end of a SOCK_SEQPACKET pair; the channel owns it from now on */
  constructor(socket: OwnedFd, options: ChannelOptions) {
    if (options.maxDescriptors > MAX_DESCRIPTORS)
      throw new RangeError(
        `Cannot make a channel for ${options.maxDescriptors} descriptors: a message carries ${MAX_DESCRIPTORS}`,
      );
    this.#socket = socket;
    this.#buffer = new Uint8Array(new ArrayBuffer(options.maxBytes));
    this.#control = new Uint8Array(new ArrayBuffer(Math.max(1, controlSpace(options.maxDescriptors))));
  }

  get fd(): Fd {
    return this.#socket.fd;
  }

  /**
   * Sends one packet, now or not at all. The kernel copies the descriptors: the caller still owns its own.
   * @throws SyscallError for anything but a full or closed channel
   */
  send(bytes: Uint8Array, descriptors: readonly Fd[] = []): Sent {
    const result = trySendmsg(this.#socket.fd, bytes, packRights(descriptors), MSG.DONTWAIT);
    if (result === bytes.byteLength) return "sent";
    if (result === -EAGAIN || result === -ETOOMANYREFS) return "full";
    if (result === -EPIPE || result === -ECONNRESET) return "closed";
    throw new SyscallError("sendmsg", result < 0 ? -result : EPIPE);
  }

  /**
   * Takes one packet, if there is one. An empty packet means that the other end closed.
   * @throws DamagedPacketError, after which the channel is still usable but the peer is not to be trusted
   */
  receive(): Received {
    const received = tryRecvmsg(this.#socket.fd, this.#buffer, this.#control, MSG.DONTWAIT);
    if (received.bytes === -EAGAIN) return { kind: "empty" };
    if (received.bytes === -ECONNRESET) return { kind: "closed" };
    if (received.bytes < 0) throw new SyscallError("recvmsg", -received.bytes);
    const descriptors = unpackRights(this.#control.subarray(0, received.controlBytes));
    if (received.bytes === 0) {
      // An empty packet may have brought some all the same.
      closeAll(descriptors);
      return { kind: "closed" };
    }
    if ((received.flags & (MSG.TRUNC | MSG.CTRUNC)) !== 0) {
      closeAll(descriptors);
      throw new DamagedPacketError(
        `Cannot read a packet: its ${(received.flags & MSG.TRUNC) !== 0 ? "bytes" : "descriptors"} were cut off`,
      );
    }
    return { kind: "packet", bytes: this.#buffer.slice(0, received.bytes), descriptors };
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
