// The worker's end of the channel to the host: blocking, because nothing else happens while a message is written or awaited.
import {
  attachedTo,
  decodeHostMessage,
  encodeStatusReply,
  encodeWorkerMessage,
  type HostMessage,
  HUTCH_VERSION,
  MAX_MESSAGE_BYTES,
  PROTOCOL_VERSION,
  ProtocolError,
  type Setup,
  type StatusReply,
  type WorkerMessage,
} from "@hutch/core";
import { closeAll, NumberedChannel } from "@hutch/fdpass";
import { type Fd, MSG, OwnedFd, POLL, poll, toFd, trySend } from "@hutch/syscall";

/** stdin, stdout, stderr, status, job, init and the cgroups of the v1 hierarchies. */
const MAX_DESCRIPTORS = 16;
const RING = new Uint8Array(1);

export interface Heard<M extends HostMessage = HostMessage> {
  readonly message: M;
  /** The receiver's to close. */
  readonly descriptors: readonly OwnedFd[];
}

export class HostChannel {
  readonly #channel: NumberedChannel;
  readonly #doorbell: Fd;

  private constructor(channel: NumberedChannel, doorbell: Fd) {
    this.#channel = channel;
    this.#doorbell = doorbell;
  }

  static open(control: number, doorbell: number): HostChannel {
    return new HostChannel(
      new NumberedChannel(
        new OwnedFd(toFd(control)),
        { maxBytes: MAX_MESSAGE_BYTES, maxDescriptors: MAX_DESCRIPTORS },
        "this",
      ),
      toFd(doorbell),
    );
  }

  get fd(): Fd {
    return this.#channel.fd;
  }

  /** Says hello and waits for the setup; null when the host closed instead. */
  greet(): Heard<Setup> | null {
    this.send({
      kind: "hello",
      protocolVersion: PROTOCOL_VERSION,
      hutchVersion: HUTCH_VERSION,
      bunVersion: Bun.version,
    });
    for (;;) {
      poll([{ fd: this.fd, events: POLL.IN }], -1);
      const heard = this.receive();
      if (heard === "closed") return null;
      if (heard === null) continue;
      const { message, descriptors } = heard;
      if (message.kind === "setup") return { message, descriptors };
      closeAll(descriptors);
      throw new ProtocolError(`Cannot start: the host said "${message.kind}" where "setup" was expected`);
    }
  }

  /**
   * One message, null when there is none now.
   * @throws ProtocolError, or DamagedPacketError, for what is not one message with its descriptors; those that came are closed
   */
  receive(): Heard | "closed" | null {
    const received = this.#channel.receive();
    if (received.kind === "closed") return "closed";
    if (received.kind === "empty") return null;
    using undo = new DisposableStack();
    undo.defer(() => closeAll(received.descriptors));
    const message = decodeHostMessage(received.bytes);
    const wanted = attachedTo(message);
    if (received.descriptors.length !== wanted)
      throw new ProtocolError(
        `Cannot use "${message.kind}" of the host: ${received.descriptors.length} descriptors came with it, ${wanted} belong to it`,
      );
    undo.move();
    return { message, descriptors: received.descriptors };
  }

  /** Waits for room. A host that is gone is noticed by the next receive(). */
  send(message: WorkerMessage, descriptors: readonly Fd[] = []): void {
    const bytes = encodeWorkerMessage(message);
    while (this.#channel.send(bytes, descriptors) === "full") poll([{ fd: this.fd, events: POLL.OUT }], -1);
    // A full doorbell has not been read yet: the host will look all the same.
    trySend(this.#doorbell, RING, MSG.DONTWAIT);
  }

  /** On a socket that came with a request. It is empty, so there is room; who asked may be gone. */
  reply(socket: OwnedFd, answer: Omit<StatusReply, "kind" | "sent">): void {
    using _socket = socket;
    const reply = encodeStatusReply({ kind: "status-reply", ...answer, sent: this.#channel.sent });
    trySend(socket.fd, reply, MSG.DONTWAIT);
  }
}
