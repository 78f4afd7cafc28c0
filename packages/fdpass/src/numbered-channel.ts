// A channel whose packets are numbered and carry a checksum: one that was changed, lost, doubled or overtaken on its way is an
// error at the receiver, and never another message. A packet is its number, the CRC-32 of the rest, and the rest.
import type { Fd, OwnedFd } from "@hutch/syscall";
import { Channel, type ChannelOptions, DamagedPacketError, type Packet, type Received, type Sent } from "./channel.ts";
import { closeAll } from "./rights.ts";

const HEADER_BYTES = 8;

export class NumberedChannel implements Disposable {
  readonly #channel: Channel;
  readonly #greeter: "this" | "other";
  #sent = 0;
  #received = 0;

  /**
   * @param socket one end of a SOCK_SEQPACKET pair; the channel owns it from now on
   * @param options `maxBytes` without number and checksum
   * @param greeter the end whose first packet is bare, so that every version can read that of every other one
   */
  constructor(socket: OwnedFd, options: ChannelOptions, greeter: "this" | "other") {
    this.#channel = new Channel(socket, { ...options, maxBytes: options.maxBytes + HEADER_BYTES });
    this.#greeter = greeter;
  }

  get fd(): Fd {
    return this.#channel.fd;
  }

  /** Packets so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Packets so far. */
  get received(): number {
    return this.#received;
  }

  /** As Channel.send(). What was not sent has no number. */
  send(bytes: Uint8Array, descriptors: readonly Fd[] = []): Sent {
    const bare = this.#greeter === "this" && this.#sent === 0;
    const sent = this.#channel.send(bare ? bytes : number(bytes, this.#sent), descriptors);
    if (sent === "sent") this.#sent += 1;
    return sent;
  }

  /** As Channel.receive(). @throws DamagedPacketError also for a packet that is not the next one, or not as it was sent */
  receive(): Received {
    const received = this.#channel.receive();
    if (received.kind !== "packet") return received;
    const bare = this.#greeter === "other" && this.#received === 0;
    const bytes = bare ? received.bytes : this.#check(received);
    this.#received += 1;
    return { ...received, bytes };
  }

  #check({ bytes, descriptors }: Packet): Uint8Array {
    const damage = damageOf(bytes, this.#received);
    if (damage === null) return bytes.subarray(HEADER_BYTES);
    closeAll(descriptors);
    throw new DamagedPacketError(`Cannot read a packet: ${damage}`);
  }

  close(): void {
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function number(bytes: Uint8Array, count: number): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + bytes.byteLength);
  const view = new DataView(packet.buffer);
  view.setUint32(0, count, true);
  view.setUint32(4, checksum(bytes, count), true);
  packet.set(bytes, HEADER_BYTES);
  return packet;
}

/** null where there is none. ORDER: the checksum first; a number in a damaged packet says nothing. */
function damageOf(packet: Uint8Array, expected: number): string | null {
  if (packet.byteLength < HEADER_BYTES) return `it was cut off after ${packet.byteLength} bytes`;
  const view = new DataView(packet.buffer, packet.byteOffset);
  const told = view.getUint32(0, true);
  if (checksum(packet.subarray(HEADER_BYTES), told) !== view.getUint32(4, true))
    return "its checksum is not that of its bytes";
  return told === expected >>> 0 ? null : `it is packet ${told}, and the next one is ${expected >>> 0}`;
}

/** Of the number too: it is where the sum begins. */
function checksum(bytes: Uint8Array, count: number): number {
  return Bun.hash.crc32(bytes, count >>> 0);
}
