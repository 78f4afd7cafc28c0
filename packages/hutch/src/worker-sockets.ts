// The two sockets between host and worker: packets go over the channel; the doorbell is what the host's event loop can wait for.
import { type OwnedFd, SOCK, socketpair } from "@hutch/syscall";

interface WorkerSockets {
  /** SOCK_SEQPACKET. */
  readonly channel: OwnedFd;
  /** SOCK_STREAM: the worker writes a byte after each packet. */
  readonly doorbell: OwnedFd;
}

/** What passes between host and worker goes from one of these ends to the other. The caller owns all of them. */
export type Connect = () => { readonly host: WorkerSockets; readonly worker: WorkerSockets };

export const connectDirectly: Connect = () => {
  using undo = new DisposableStack();
  const channel = undo.use(socketpair(SOCK.SEQPACKET));
  const doorbell = undo.use(socketpair(SOCK.STREAM));
  undo.move();
  return {
    host: { channel: channel.a, doorbell: doorbell.a },
    worker: { channel: channel.b, doorbell: doorbell.b },
  };
};
