// A connected socket of ours on Bun's event loop: what arrives on it, and whether waiting for more keeps this process alive.
import type { OwnedFd } from "@hutch/syscall";
import { connectDescriptor } from "./connect-descriptor.ts";

export interface SocketListener {
  data(bytes: Uint8Array): void;
  /** Nothing more will come. May be called more than once. */
  closed(why: string): void;
}

export interface ListenedSocket {
  /** Closes it. Harmless when repeated. */
  stop(): void;
  /** It does unless told otherwise. */
  keepAlive(busy: boolean): void;
}

/** @param end Bun owns and closes it from here on */
export function listenSocket(end: OwnedFd, listener: SocketListener): ListenedSocket {
  let busy = true;
  let stopped = false;
  let opened: Pick<Bun.Socket, "ref" | "unref" | "terminate"> | null = null;
  const keepAlive = (wanted: boolean): void => {
    busy = wanted;
    if (busy) opened?.ref();
    else opened?.unref();
  };
  connectDescriptor(end, {
    open(socket) {
      opened = socket;
      keepAlive(busy);
      if (stopped) socket.terminate();
    },
    data: (_socket, bytes) => listener.data(bytes),
    close: () => listener.closed("the other side closed its end"),
    error: (_socket, error) => listener.closed(error.message),
    connectError: (_socket, error) => listener.closed(error.message),
  }).catch((error: Error) => listener.closed(error.message));
  return {
    stop() {
      stopped = true;
      opened?.terminate();
    },
    keepAlive,
  };
}
