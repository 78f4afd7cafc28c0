import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { OwnedFd, toFd } from "../../../src/fd.ts";
import { CMSG_HEADER_BYTES, cmsgLen, cmsgSpace, SCM } from "../../../src/posix/cmsg.ts";
import { F, FD_CLOEXEC, fcntl, pipe2, read, write } from "../../../src/posix/file.ts";
import { getgid, getpid, getuid } from "../../../src/posix/process.ts";
import {
  getsockopt,
  MSG,
  peerCredentials,
  recv,
  recvmsg,
  SHUT,
  SO,
  SOCK,
  SOL_SOCKET,
  send,
  sendmsg,
  setsockopt,
  shutdown,
  socketpair,
  tryRecv,
  tryRecvmsg,
  trySend,
  trySendmsg,
} from "../../../src/posix/socket.ts";
import { CMSGHDR_LAYOUT } from "../../../src/posix/structs.ts";
import { decodeStruct, encodeStruct } from "../../../src/struct.ts";
import { openDescriptors } from "../descriptors.ts";

const EAGAIN = 11;
const EPIPE = 32;
let before = 0;
beforeAll(() => {
  before = openDescriptors();
});
afterAll(() => {
  expect(openDescriptors()).toBeLessThanOrEqual(before);
});

function rights(fds: readonly number[]): Uint8Array {
  const control = new Uint8Array(cmsgSpace(fds.length * 4));
  control.set(
    encodeStruct(CMSGHDR_LAYOUT, { cmsg_len: cmsgLen(fds.length * 4), cmsg_level: SOL_SOCKET, cmsg_type: SCM.RIGHTS }),
  );
  control.set(new Uint8Array(new Int32Array(fds).buffer), CMSG_HEADER_BYTES);
  return control;
}

describe("socketpair()", () => {
  test("SEQPACKET keeps message borders, STREAM does not", () => {
    for (const [type, expected] of [
      [SOCK.SEQPACKET, 2],
      [SOCK.STREAM, 5],
    ] as const) {
      using pair = socketpair(type);
      send(pair.a.fd, Buffer.from("ab"));
      send(pair.a.fd, Buffer.from("cde"));
      expect(recv(pair.b.fd, new Uint8Array(16))).toBe(expected);
    }
  });

  test("with NONBLOCK tells EAGAIN without throwing", () => {
    using pair = socketpair(SOCK.SEQPACKET | SOCK.NONBLOCK);
    expect(tryRecv(pair.a.fd, new Uint8Array(4))).toBe(-EAGAIN);
    expect(tryRecvmsg(pair.a.fd, new Uint8Array(4))).toEqual({ bytes: -EAGAIN, controlBytes: 0, flags: 0 });
    expect(() => recvmsg(pair.a.fd, new Uint8Array(4))).toThrow("Cannot recvmsg: EAGAIN");
  });

  test("whose other end is closed gives EPIPE, not a signal", () => {
    using pair = socketpair(SOCK.STREAM);
    pair.b.close();
    expect(trySend(pair.a.fd, Buffer.from("x"))).toBe(-EPIPE);
    expect(trySendmsg(pair.a.fd, Buffer.from("x"))).toBe(-EPIPE);
  });
});

describe("sendmsg() and recvmsg()", () => {
  test("carry descriptors, which arrive close-on-exec and mean the same file", () => {
    using pair = socketpair(SOCK.SEQPACKET);
    using pipe = pipe2();
    expect(sendmsg(pair.a.fd, Buffer.from("fds"), rights([pipe.read.fd, pipe.write.fd]))).toBe(3);
    const data = new Uint8Array(16);
    const control = new Uint8Array(cmsgSpace(8));
    expect(recvmsg(pair.b.fd, data, control)).toEqual({ bytes: 3, controlBytes: cmsgSpace(8), flags: MSG.EOR & 0 });
    expect(decodeStruct(CMSGHDR_LAYOUT, control)).toEqual({
      cmsg_len: cmsgLen(8),
      cmsg_level: SOL_SOCKET,
      cmsg_type: SCM.RIGHTS,
    });
    const view = new DataView(control.buffer);
    using reader = new OwnedFd(toFd(view.getInt32(CMSG_HEADER_BYTES, true)));
    using writer = new OwnedFd(toFd(view.getInt32(CMSG_HEADER_BYTES + 4, true)));
    expect(fcntl(reader.fd, F.GETFD)).toBe(FD_CLOEXEC);
    write(writer.fd, Buffer.from("through"));
    expect(read(pipe.read.fd, data)).toBe(7);
  });

  test("say when control bytes or data were cut off, and leave no descriptor behind", () => {
    using pair = socketpair(SOCK.SEQPACKET);
    sendmsg(pair.a.fd, Buffer.from("long message"), rights([0]));
    const received = recvmsg(pair.b.fd, new Uint8Array(4), new Uint8Array(0));
    expect(received).toEqual({ bytes: 4, controlBytes: 0, flags: MSG.TRUNC | MSG.CTRUNC });
  });

  test("gather and scatter over more pieces than the first header holds", () => {
    using pair = socketpair(SOCK.SEQPACKET);
    const pieces = Array.from({ length: 40 }, (_, index) => new Uint8Array([index, index]));
    expect(sendmsg(pair.a.fd, pieces)).toBe(80);
    const into = Array.from({ length: 80 }, () => new Uint8Array(1));
    expect(recvmsg(pair.b.fd, into).bytes).toBe(80);
    expect(into.map((piece) => piece[0])).toEqual(pieces.flatMap((piece) => [...piece]));
  });

  test("carry empty data without control", () => {
    using pair = socketpair(SOCK.SEQPACKET);
    expect(sendmsg(pair.a.fd, new Uint8Array(0))).toBe(0);
    expect(sendmsg(pair.a.fd, [])).toBe(0);
    expect(recvmsg(pair.b.fd, new Uint8Array(4)).bytes).toBe(0);
  });

  test("carry 10,000 messages in fresh buffers unharmed", () => {
    using pair = socketpair(SOCK.SEQPACKET);
    let wrong = 0;
    for (let i = 0; i < 10_000; i++) {
      const text = `message ${i}`;
      sendmsg(pair.a.fd, Buffer.from(text));
      const into = new Uint8Array(32);
      const { bytes } = recvmsg(pair.b.fd, into);
      if (Buffer.from(into.subarray(0, bytes)).toString() !== text) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

test("shutdown() ends one direction", () => {
  using pair = socketpair(SOCK.STREAM);
  shutdown(pair.a.fd, SHUT.WR);
  expect(recv(pair.b.fd, new Uint8Array(1))).toBe(0);
  expect(send(pair.b.fd, Buffer.from("x"))).toBe(1);
});

test("setsockopt() sets the send buffer, which the kernel doubles", () => {
  using pair = socketpair(SOCK.SEQPACKET);
  setsockopt(pair.a.fd, SO.SNDBUF, 65536);
  expect(getsockopt(pair.a.fd, SO.SNDBUF)).toBe(131072);
});

test("peerCredentials() says who made the pair", () => {
  using pair = socketpair(SOCK.STREAM);
  expect(peerCredentials(pair.a.fd)).toEqual({ pid: getpid(), uid: getuid(), gid: getgid() });
});
