// The host's side of the protocol with one worker: sends messages, and gives out what the worker says as it comes.
// The doorbell is what the event loop can wait for; the packets themselves are read at once when it rings.
import {
  decodeWorkerMessage,
  encodeHostMessage,
  HostError,
  type HostMessage,
  MAX_MESSAGE_BYTES,
  type WorkerMessage,
} from "@hutch/core";
import { Channel, closeAll } from "@hutch/fdpass";
import type { Fd, OwnedFd } from "@hutch/syscall";
import { type ListenedSocket, listenSocket } from "./listen-socket.ts";

/** Beside a worker's message there is at most a pidfd. */
const MAX_DESCRIPTORS = 1;

export interface WorkerSays {
  readonly message: WorkerMessage;
  /** The receiver's to close. */
  readonly pidfd: OwnedFd | null;
}

export class Conversation {
  readonly #channel: Channel;
  readonly #onSaid: (said: WorkerSays) => void;
  readonly #onClosed: (why: string) => void;
  readonly #bell: ListenedSocket;
  #closed = false;

  /**
   * @param onSaid called for each message, in order
   * @param onClosed called once, when the worker is gone or said something that is not in the protocol
   */
  constructor(
    channel: OwnedFd,
    doorbell: OwnedFd,
    onSaid: (said: WorkerSays) => void,
    onClosed: (why: string) => void,
  ) {
    this.#channel = new Channel(channel, { maxBytes: MAX_MESSAGE_BYTES, maxDescriptors: MAX_DESCRIPTORS });
    this.#onSaid = onSaid;
    this.#onClosed = onClosed;
    this.#bell = listenSocket(doorbell, { data: () => this.#drain(), closed: () => this.#end("the worker is gone") });
  }

  /** Whether an idle conversation keeps this process alive. */
  keepAlive(busy: boolean): void {
    this.#bell.keepAlive(busy);
  }

  /** @throws HostError when the worker does not take it */
  send(message: HostMessage, descriptors: readonly Fd[] = []): void {
    const sent = this.#closed ? "closed" : this.#channel.send(encodeHostMessage(message), descriptors);
    if (sent !== "sent")
      throw new HostError("HOST_FAILURE", `Cannot send "${message.kind}" to the worker: its channel is ${sent}`);
  }

  #drain(): void {
    try {
      for (;;) {
        if (this.#closed) return;
        const received = this.#channel.receive();
        if (received.kind === "empty") return;
        if (received.kind === "closed") {
          this.#end("the worker closed its end");
          return;
        }
        const message = this.#decode(received.bytes, received.descriptors);
        this.#onSaid({ message, pidfd: received.descriptors[0] ?? null });
      }
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  /** A descriptor comes with `started` and with nothing else; anything else closes what came. */
  #decode(bytes: Uint8Array, descriptors: readonly OwnedFd[]): WorkerMessage {
    using undo = new DisposableStack();
    undo.defer(() => closeAll(descriptors));
    const message = decodeWorkerMessage(bytes);
    if (descriptors.length !== (message.kind === "started" ? 1 : 0))
      throw new HostError(
        "HOST_FAILURE",
        `Cannot use "${message.kind}" of the worker: it came with ${descriptors.length} descriptors`,
      );
    undo.move();
    return message;
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#drainLast();
    this.#closed = true;
    this.#channel.close();
    this.#bell.stop();
    this.#onClosed(why);
  }

  /** What the worker said before it went still counts. */
  #drainLast(): void {
    try {
      for (let received = this.#channel.receive(); received.kind === "packet"; received = this.#channel.receive()) {
        this.#onSaid({
          message: this.#decode(received.bytes, received.descriptors),
          pidfd: received.descriptors[0] ?? null,
        });
      }
    } catch (error) {
      this.#onSaid({
        message: { kind: "log", level: "error", text: error instanceof Error ? error.message : String(error) },
        pidfd: null,
      });
    }
  }

  close(): void {
    this.#end("it was closed by the host");
  }
}
