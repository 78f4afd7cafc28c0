// What the host takes for a listener: in a pool it comes through a worker.
import { expect, test } from "bun:test";
import { packRights } from "@hutch/fdpass";
import { type Fd, O, open, SOCK, sendmsg, socketpair } from "@hutch/syscall";
import { receiveListener } from "../../src/supervisor/receive-listener.ts";
import { leakedSince, settledDescriptors } from "../kernel/until.ts";

test("where nothing has come it does not wait", () => {
  using pair = socketpair(SOCK.STREAM);
  expect(receiveListener(pair.a.fd)).toBeNull();
  pair.b.close();
  expect(receiveListener(pair.a.fd)).toBeNull();
});

test("what is no listener is closed, and so is everything beside it", async () => {
  const before = await settledDescriptors();
  const send = (...descriptors: Fd[]): boolean => {
    using pair = socketpair(SOCK.STREAM);
    sendmsg(pair.b.fd, new Uint8Array(1), packRights(descriptors));
    return receiveListener(pair.a.fd) === null;
  };
  using file = open("/dev/null", O.RDWR);
  using socket = socketpair(SOCK.STREAM);
  expect([send(), send(file.fd), send(socket.a.fd), send(file.fd, socket.a.fd, file.fd)]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  file.close();
  socket.a.close();
  socket.b.close();
  expect(await leakedSince(before)).toEqual([]);
});
