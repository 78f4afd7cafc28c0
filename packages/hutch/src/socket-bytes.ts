// Collects what arrives on a stream socket until it closes, up to a bound. Used for status records and for responses.
import type { OwnedFd } from "@hutch/syscall";
import { listenSocket } from "./listen-socket.ts";

export interface SocketBytes {
  /** Everything that arrived, once the socket closed. */
  readonly bytes: Promise<Uint8Array>;
  /** What has arrived until now. */
  readonly soFar: () => Uint8Array;
  /** Stops waiting: what arrived so far is all. */
  stop(): void;
  /** Whether waiting for more keeps this process alive. It does unless told otherwise. */
  keepAlive(busy: boolean): void;
}

interface Listeners {
  /** Called once when more than the limit arrived; nothing more is kept then. */
  readonly onExceeded?: () => void;
  readonly onData?: () => void;
  readonly onClosed?: () => void;
}

export function collectSocket(end: OwnedFd, limitBytes: number, listeners: Listeners = {}): SocketBytes {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const soFar = (): Uint8Array => (chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks));
  const socket = listenSocket(end, {
    data(data) {
      if (total > limitBytes) return;
      total += data.byteLength;
      if (total > limitBytes) listeners.onExceeded?.();
      else chunks.push(new Uint8Array(data));
      listeners.onData?.();
    },
    closed: () => {
      listeners.onClosed?.();
      resolve(soFar());
    },
  });
  return { bytes: promise, soFar, stop: () => socket.stop(), keepAlive: (busy) => socket.keepAlive(busy) };
}
