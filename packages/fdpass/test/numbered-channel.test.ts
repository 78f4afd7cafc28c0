import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { MSG, O, type OwnedFd, open, SOCK, socketpair, tryRecvmsg, trySendmsg } from "@hutch/syscall";
import fc from "fast-check";
import { closeAll, DamagedPacketError, NumberedChannel, packRights } from "../src/index.ts";

const LIMITS = { maxBytes: 1024, maxDescriptors: 4 };
const openDescriptors = (): number => readdirSync("/proc/self/fd").length;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Two ends, and between them whatever a test does with the packets. */
class Way implements Disposable {
  readonly #owned: DisposableStack = new DisposableStack();
  readonly #out: OwnedFd;
  readonly #in: OwnedFd;
  readonly from: NumberedChannel;
  readonly to: NumberedChannel;

  constructor(greeter: "this" | "other" = "this") {
    const [near, far] = [socketpair(SOCK.SEQPACKET), socketpair(SOCK.SEQPACKET)];
    this.from = this.#owned.use(new NumberedChannel(near.a, LIMITS, greeter));
    this.#out = this.#owned.use(near.b);
    this.#in = this.#owned.use(far.a);
    this.to = this.#owned.use(new NumberedChannel(far.b, LIMITS, greeter === "this" ? "other" : "this"));
  }

  send(text: string): Uint8Array {
    if (this.from.send(bytesOf(text)) !== "sent") throw new Error("there is no room");
    const packet = new Uint8Array(new ArrayBuffer(2048));
    return packet.slice(0, tryRecvmsg(this.#out.fd, packet, null, MSG.DONTWAIT).bytes);
  }

  deliver(packet: Uint8Array, descriptors: readonly OwnedFd[] = []): void {
    const control = packRights(descriptors.map(({ fd }) => fd));
    if (trySendmsg(this.#in.fd, packet, control) < 0) throw new Error("there is no room");
  }

  /** The next packet's text. */
  receive(): string {
    const received = this.to.receive();
    if (received.kind !== "packet") return received.kind;
    closeAll(received.descriptors);
    return new TextDecoder().decode(received.bytes);
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

describe("NumberedChannel", () => {
  test("gives packets as they were sent, the first one of the greeter bare", () => {
    using way = new Way();
    const packets = ["hello", "one", "two"].map((text) => way.send(text));
    expect(packets[0]).toEqual(bytesOf("hello"));
    expect(packets[1]).not.toEqual(bytesOf("one"));
    for (const packet of packets) way.deliver(packet);
    expect([way.receive(), way.receive(), way.receive(), way.receive()]).toEqual(["hello", "one", "two", "empty"]);
    expect([way.from.sent, way.to.received]).toEqual([3, 3]);
    using answering = new Way("other");
    const answer = answering.send("setup");
    expect(answer).not.toEqual(bytesOf("setup"));
    answering.deliver(answer);
    expect(answering.receive()).toBe("setup");
  });

  test("a packet that is lost, doubled or overtaken is an error, whatever it says", () => {
    const orders: Readonly<Record<string, readonly number[]>> = {
      lost: [0, 2],
      doubled: [0, 1, 1],
      overtaken: [0, 2, 1],
    };
    for (const order of Object.values(orders)) {
      using way = new Way();
      const packets = ["hello", "same", "same"].map((text) => way.send(text));
      for (const at of order) way.deliver(packets[at] as Uint8Array);
      expect(() => order.map(() => way.receive())).toThrow(DamagedPacketError);
    }
  });

  test("a changed or shortened packet is never another message, and what came with it is closed", () => {
    using file = open("/dev/null", O.RDONLY);
    using way = new Way();
    way.deliver(way.send("hello"));
    way.receive();
    const before = openDescriptors();
    const packet = way.send("a message of some length");
    const damages = fc.oneof(
      fc.record({ at: fc.nat(packet.byteLength - 1), flip: fc.integer({ min: 1, max: 255 }) }).map(({ at, flip }) => {
        const changed = packet.slice();
        changed[at] = (changed[at] as number) ^ flip;
        return changed;
      }),
      fc.integer({ min: 1, max: packet.byteLength - 1 }).map((length) => packet.slice(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => Buffer.concat([packet, tail])),
    );
    fc.assert(
      fc.property(damages, (damaged) => {
        way.deliver(damaged, [file]);
        expect(() => way.receive()).toThrow(DamagedPacketError);
      }),
    );
    expect(openDescriptors()).toBe(before);
    way.deliver(packet);
    expect(way.receive()).toBe("a message of some length");
  });

  test("what found no room has no number", () => {
    const pair = socketpair(SOCK.SEQPACKET);
    using _other = pair.b;
    using narrow = new NumberedChannel(pair.a, LIMITS, "other");
    let count = 0;
    while (narrow.send(new Uint8Array(1000)) === "sent") count += 1;
    expect(narrow.send(new Uint8Array(1000))).toBe("full");
    expect(narrow.sent).toBe(count);
  });
});
