// Collects what arrives on a stream socket until it closes, up to a bound. Used for status records and for responses.
import type { OwnedFd } from "@hutch/syscall";
import { connectDescriptor } from "./connect-descriptor.ts";

export interface SocketBytes {
  /** Everything that arrived, once the socket closed. */
  readonly bytes: Promise<Uint8Array>;
  /** Stops waiting: what arrived so far is all. */
  stop(): void;
}

/** @param onExceeded called once when more than `limitBytes` arrived; nothing more is kept then */
export function collectSocket(end: OwnedFd, limitBytes: number, onExceeded: () => void = () => {}): SocketBytes {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let stopped = false;
  let close = (): void => {
    stopped = true;
  };
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const settle = (): void => resolve(Buffer.concat(chunks));
  const handler: Bun.SocketHandler = {
    open(socket) {
      close = () => socket.terminate();
      if (stopped) close();
    },
    data(_socket, data) {
      if (total > limitBytes) return;
      total += data.byteLength;
      if (total > limitBytes) onExceeded();
      else chunks.push(new Uint8Array(data));
    },
    close: settle,
    error: settle,
    connectError: settle,
  };
  // Bun owns and closes the descriptor from here on.
  connectDescriptor(end, handler).catch(settle);
  return { bytes: promise, stop: () => close() };
}
