import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import {
  O,
  type OwnedFd,
  open,
  pipe2,
  read,
  SOCK,
  type SocketPair,
  socketpair,
  tryRecvmsg,
  trySendmsg,
  writeAll,
} from "@hutch/syscall";
import { Channel, closeAll, DamagedPacketError, packRights, unpackRights } from "../src/index.ts";

const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

function channels(options: { maxBytes?: number; maxDescriptors?: number } = {}): {
  a: Channel;
  b: Channel;
  pair: SocketPair;
} {
  const pair = socketpair(SOCK.SEQPACKET);
  const limits = { maxBytes: options.maxBytes ?? 1024, maxDescriptors: options.maxDescriptors ?? 4 };
  return { a: new Channel(pair.a, limits), b: new Channel(pair.b, limits), pair };
}

describe("Channel", () => {
  test("receive() gives each packet on its own, with the descriptors that came beside it", () => {
    const before = openDescriptors();
    {
      const { a, b } = channels();
      using _a = a;
      using _b = b;
      using pipe = pipe2();
      expect(a.send(new TextEncoder().encode("one"), [pipe.write.fd])).toBe("sent");
      expect(a.send(new TextEncoder().encode("two"))).toBe("sent");
      const first = b.receive();
      const second = b.receive();
      if (first.kind !== "packet" || second.kind !== "packet") throw new Error("expected two packets");
      expect(new TextDecoder().decode(first.bytes)).toBe("one");
      expect(new TextDecoder().decode(second.bytes)).toBe("two");
      expect(second.descriptors).toEqual([]);
      expect(first.descriptors.length).toBe(1);
      const [writer] = first.descriptors;
      writeAll((writer as OwnedFd).fd, new TextEncoder().encode("through"));
      closeAll(first.descriptors);
      const bytes = new Uint8Array(16);
      expect(new TextDecoder().decode(bytes.subarray(0, read(pipe.read.fd, bytes)))).toBe("through");
      expect(b.receive()).toEqual({ kind: "empty" });
    }
    expect(openDescriptors()).toBe(before);
  });

  test("receive() says closed when the other end is gone, and send() too", () => {
    const { a, b } = channels();
    a.close();
    expect(b.receive()).toEqual({ kind: "closed" });
    expect(b.send(new Uint8Array(1))).toBe("closed");
    b.close();
  });

  test("receive() refuses a packet that is longer than allowed and closes what came with it", () => {
    const { a, b } = channels({ maxBytes: 8 });
    using _a = a;
    using _b = b;
    using file = open("/dev/null", O.RDONLY);
    const before = openDescriptors();
    a.send(new Uint8Array(9), [file.fd]);
    expect(() => b.receive()).toThrow(DamagedPacketError);
    expect(openDescriptors()).toBe(before);
  });

  test("receive() refuses a packet that lost descriptors on the way and closes the others", () => {
    const { a, b } = channels({ maxDescriptors: 1 });
    using _a = a;
    using _b = b;
    using file = open("/dev/null", O.RDONLY);
    const before = openDescriptors();
    a.send(new Uint8Array(1), [file.fd, file.fd, file.fd, file.fd]);
    expect(() => b.receive()).toThrow(DamagedPacketError);
    expect(openDescriptors()).toBe(before);
  });

  test("receive() takes an empty packet for the end, and closes what came with it", () => {
    const { a, b } = channels();
    using _a = a;
    using _b = b;
    using file = open("/dev/null", O.RDONLY);
    const before = openDescriptors();
    a.send(new Uint8Array(0), [file.fd]);
    expect(b.receive()).toEqual({ kind: "closed" });
    expect(openDescriptors()).toBe(before);
  });

  test("send() never blocks: a full channel says so and takes more later", () => {
    const { a, b } = channels();
    using _a = a;
    using _b = b;
    let count = 0;
    while (a.send(new Uint8Array(1000)) === "sent") count += 1;
    expect(count).toBeGreaterThan(1);
    expect(a.send(new Uint8Array(1000))).toBe("full");
    for (let i = 0; i < count; i++) expect(b.receive().kind).toBe("packet");
    expect(a.send(new Uint8Array(1000))).toBe("sent");
  });

  test("a received descriptor is close-on-exec", () => {
    const { a, b } = channels();
    using _a = a;
    using _b = b;
    using file = open("/dev/null", O.RDONLY);
    a.send(new Uint8Array(1), [file.fd]);
    const packet = b.receive();
    if (packet.kind !== "packet") throw new Error("expected a packet");
    const flags =
      /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${(packet.descriptors[0] as OwnedFd).fd}`, "utf8"))?.[1] ??
      "";
    expect(Number.parseInt(flags, 8) & O.CLOEXEC).toBe(O.CLOEXEC);
    closeAll(packet.descriptors);
  });
});

describe("packRights", () => {
  test("refuses more descriptors than the kernel takes", () => {
    expect(() => packRights(Array.from({ length: 254 }, () => 0 as never))).toThrow(RangeError);
    expect(packRights([])).toBeNull();
  });

  test("unpackRights() takes nothing from control bytes that are cut off or of another type", () => {
    expect(unpackRights(new Uint8Array())).toEqual([]);
    expect(unpackRights(new Uint8Array(8))).toEqual([]);
    const other = packRights([0 as never]) as Uint8Array;
    new DataView(other.buffer).setInt32(12, 2, true);
    expect(unpackRights(other)).toEqual([]);
    expect(unpackRights((packRights([0 as never]) as Uint8Array).subarray(0, 12))).toEqual([]);
  });

  test("253 descriptors travel in one message and all arrive", () => {
    using pair = socketpair(SOCK.STREAM);
    using file = open("/dev/null", O.RDONLY);
    const before = openDescriptors();
    trySendmsg(pair.a.fd, new Uint8Array(1), packRights(Array.from({ length: 253 }, () => file.fd)));
    const control = new Uint8Array(new ArrayBuffer(16 + 4 * 253 + 4));
    const received = tryRecvmsg(pair.b.fd, new Uint8Array(1), control);
    const descriptors = unpackRights(control.subarray(0, received.controlBytes));
    expect(descriptors.length).toBe(253);
    closeAll(descriptors);
    expect(openDescriptors()).toBe(before);
  });
});
