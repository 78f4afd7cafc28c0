// Sockets at the level of bytes, control bytes and flags. What the bytes mean is the business of fdpass.
import { call, checked, tryCallRestarting } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { decodeStruct } from "../struct.ts";
import { type Data, messageHeader } from "./message-header.ts";
import { UCRED_LAYOUT } from "./structs.ts";

/** Address families. */
export const AF = { UNSPEC: 0, UNIX: 1, INET: 2, INET6: 10, NETLINK: 16 } as const;

/** Socket types, and flags that go with them. */
export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, SEQPACKET: 5, NONBLOCK: 0o4000, CLOEXEC: 0o2000000 } as const;

/** The level of socket options and control messages that belong to the socket itself. */
export const SOL_SOCKET: number = 1;

/** Options of SOL_SOCKET. */
export const SO = {
  TYPE: 3,
  ERROR: 4,
  SNDBUF: 7,
  RCVBUF: 8,
  PASSCRED: 16,
  PEERCRED: 17,
  RCVTIMEO: 20,
  SNDTIMEO: 21,
  SNDBUFFORCE: 32,
  RCVBUFFORCE: 33,
  DOMAIN: 39,
  PASSPIDFD: 76,
  PEERPIDFD: 77,
} as const;

/** Flags of send(2) and recv(2). TRUNC and CTRUNC in a received message say that something was cut off. */
export const MSG = {
  PEEK: 0x2,
  CTRUNC: 0x8,
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  EOR: 0x80,
  WAITALL: 0x100,
  NOSIGNAL: 0x4000,
  CMSG_CLOEXEC: 0x40000000,
} as const;

/** Directions of shutdown(2). */
export const SHUT = { RD: 0, WR: 1, RDWR: 2 } as const;

/** Two connected sockets. */
export interface SocketPair extends Disposable {
  readonly a: OwnedFd;
  readonly b: OwnedFd;
}

/** Who is at the other end of a Unix socket, as of the time it was connected. */
export interface PeerCredentials {
  /** 0 if the peer lives in a pid namespace that we can not see. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** What recvmsg(2) delivered. */
export interface Received {
  /** Bytes of data, 0 at the end; from tryRecvmsg() a failure is the negative errno. */
  readonly bytes: number;
  readonly controlBytes: number;
  /** MSG.TRUNC, MSG.CTRUNC, MSG.EOR. */
  readonly flags: number;
}

/** socket(2), close-on-exec. */
export function socket(domain: number, type: number, protocol: number = 0): OwnedFd {
  return new OwnedFd(toFd(call("socket", domain, type | SOCK.CLOEXEC, protocol)));
}

/** socketpair(2) of Unix sockets, close-on-exec. `type` is SOCK.STREAM or SOCK.SEQPACKET, perhaps with SOCK.NONBLOCK. */
export function socketpair(type: number): SocketPair {
  const ends = new Int32Array(2);
  call("socketpair", AF.UNIX, type | SOCK.CLOEXEC, 0, ends);
  const a = new OwnedFd(toFd(ends[0] as number));
  const b = new OwnedFd(toFd(ends[1] as number));
  return {
    a,
    b,
    [Symbol.dispose]() {
      try {
        a.close();
      } finally {
        b.close();
      }
    },
  };
}

/** send(2): bytes sent. MSG.NOSIGNAL is always set: a closed peer is EPIPE, not a signal. */
export function send(fd: Fd, bytes: Uint8Array, flags: number = 0): number {
  return checked("sendto", trySend(fd, bytes, flags));
}

/** As send(), but a failure (EAGAIN, EPIPE) is the negative errno. */
export function trySend(fd: Fd, bytes: Uint8Array, flags: number = 0): number {
  return tryCallRestarting("sendto", fd, bytes, bytes.byteLength, flags | MSG.NOSIGNAL);
}

/** recv(2): bytes received, 0 when the peer has closed. With MSG.TRUNC the true length of a packet that was cut. */
export function recv(fd: Fd, into: Uint8Array, flags: number = 0): number {
  return checked("recvfrom", tryRecv(fd, into, flags));
}

/** As recv(), but a failure (EAGAIN) is the negative errno. */
export function tryRecv(fd: Fd, into: Uint8Array, flags: number = 0): number {
  return tryCallRestarting("recvfrom", fd, into, into.byteLength, flags);
}

/** shutdown(2). */
export function shutdown(fd: Fd, how: number): void {
  call("shutdown", fd, how);
}

/** setsockopt(2) of an int option of SOL_SOCKET. The kernel doubles SO.SNDBUF and SO.RCVBUF. */
export function setsockopt(fd: Fd, option: number, value: number): void {
  call("setsockopt", fd, SOL_SOCKET, option, new Int32Array([value]), 4);
}

/** getsockopt(2) of an int option of SOL_SOCKET. */
export function getsockopt(fd: Fd, option: number): number {
  const value = new Int32Array(1);
  call("getsockopt", fd, SOL_SOCKET, option, value, new Int32Array([4]));
  return value[0] as number;
}

/** getsockopt(2) SO_PEERCRED. The kernel filled it in when the pair was made or connected. */
export function peerCredentials(fd: Fd): PeerCredentials {
  const bytes = new Uint8Array(UCRED_LAYOUT.size);
  call("getsockopt", fd, SOL_SOCKET, SO.PEERCRED, bytes, new Int32Array([UCRED_LAYOUT.size]));
  return decodeStruct(UCRED_LAYOUT, bytes);
}

/** sendmsg(2): bytes sent. `control` holds whole control messages (cmsg.ts). MSG.NOSIGNAL is always set. */
export function sendmsg(fd: Fd, data: Data, control: Uint8Array | null = null, flags: number = 0): number {
  return checked("sendmsg", trySendmsg(fd, data, control, flags));
}

/** As sendmsg(), but a failure (EAGAIN, EPIPE) is the negative errno. */
export function trySendmsg(fd: Fd, data: Data, control: Uint8Array | null = null, flags: number = 0): number {
  using header = messageHeader(data, control);
  return tryCallRestarting("sendmsg", fd, header.bytes, flags | MSG.NOSIGNAL);
}

/** recvmsg(2) into the given buffers. Descriptors that arrive are close-on-exec (MSG.CMSG_CLOEXEC is always set). */
export function recvmsg(fd: Fd, data: Data, control: Uint8Array | null = null, flags: number = 0): Received {
  const received = tryRecvmsg(fd, data, control, flags);
  checked("recvmsg", received.bytes);
  return received;
}

/** As recvmsg(), but a failure (EAGAIN) is a negative errno in `bytes`. */
export function tryRecvmsg(fd: Fd, data: Data, control: Uint8Array | null = null, flags: number = 0): Received {
  using header = messageHeader(data, control);
  const bytes = tryCallRestarting("recvmsg", fd, header.bytes, flags | MSG.CMSG_CLOEXEC);
  return bytes < 0
    ? { bytes, controlBytes: 0, flags: 0 }
    : { bytes, controlBytes: header.controlBytes, flags: header.flags & ~MSG.CMSG_CLOEXEC };
}
