// The host's side of the protocol with one worker: sends messages, and gives out what the worker says as it comes.
// The doorbell is what the event loop can wait for; the packets themselves are read at once when it rings.
import {
  attachedTo,
  decodeWorkerMessage,
  encodeHostMessage,
  HostError,
  type HostMessage,
  MAX_MESSAGE_BYTES,
  ProtocolError,
  type WorkerMessage,
} from "@hutch/core";
import { closeAll, NumberedChannel } from "@hutch/fdpass";
import type { Fd, OwnedFd } from "@hutch/syscall";
import { type ListenedSocket, listenSocket } from "./listen-socket.ts";
import { Outbox } from "./outbox.ts";

/** Beside a worker's message there is at most a pidfd. */
const MAX_DESCRIPTORS = 1;

export interface WorkerSays {
  readonly message: WorkerMessage;
  /** The receiver's to close, unless it throws. */
  readonly pidfd: OwnedFd | null;
}

export class Conversation {
  readonly #channel: NumberedChannel;
  readonly #outbox: Outbox;
  readonly #onSaid: (said: WorkerSays) => void;
  readonly #onClosed: (why: string) => void;
  readonly #bell: ListenedSocket;
  #closed = false;

  /**
   * @param onSaid called for each message, in order; one that it throws for ends the conversation
   * @param onClosed called once, when the worker is gone or said something that is not in the protocol
   */
  constructor(
    channel: OwnedFd,
    doorbell: OwnedFd,
    onSaid: (said: WorkerSays) => void,
    onClosed: (why: string) => void,
  ) {
    const limits = { maxBytes: MAX_MESSAGE_BYTES, maxDescriptors: MAX_DESCRIPTORS };
    this.#channel = new NumberedChannel(channel, limits, "other");
    this.#outbox = new Outbox(this.#channel);
    this.#onSaid = onSaid;
    this.#onClosed = onClosed;
    this.#bell = listenSocket(doorbell, {
      data: () => this.#drain(),
      closed: () => this.#hangUp("the worker is gone"),
    });
  }

  /** Whether an idle conversation keeps this process alive. */
  keepAlive(busy: boolean): void {
    this.#bell.keepAlive(busy);
  }

  /**
   * Sends now, or when the worker has room: it is read after everything that was sent before.
   * @param descriptors stay the caller's, who may close them at once
   * @throws HostError when the worker is gone
   */
  send(message: HostMessage, descriptors: readonly Fd[] = []): void {
    if (!this.tell(message, descriptors))
      throw new HostError("HOST_FAILURE", `Cannot send "${message.kind}" to the worker: it is gone`);
  }

  /** As send(). @returns false when the worker is gone */
  tell(message: HostMessage, descriptors: readonly Fd[] = []): boolean {
    return !this.#closed && this.#outbox.send(encodeHostMessage(message), descriptors) === "sent";
  }

  /** Whether all was heard of so many packets that the worker has sent. @param sent told past the channel */
  heard(sent: number): boolean {
    this.#drain();
    return this.#closed || this.#channel.received >= sent;
  }

  /** TRUST: after the first message that is wrong nothing more is listened to. */
  #drain(): void {
    try {
      while (!this.#closed) {
        const received = this.#channel.receive();
        if (received.kind === "empty") break;
        if (received.kind === "closed") {
          this.#end("the worker closed its end");
          return;
        }
        this.#give(received.bytes, received.descriptors);
      }
      this.#outbox.flush();
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  /** A descriptor comes with `started` and with nothing else; anything else closes what came. */
  #give(bytes: Uint8Array, descriptors: readonly OwnedFd[]): void {
    using undo = new DisposableStack();
    undo.defer(() => closeAll(descriptors));
    const message = decodeWorkerMessage(bytes);
    const wanted = attachedTo(message);
    if (descriptors.length !== wanted)
      throw new ProtocolError(
        `Cannot use "${message.kind}" of the worker: ${descriptors.length} descriptors came with it, ${wanted} belong to it`,
      );
    this.#onSaid({ message, pidfd: descriptors[0] ?? null });
    undo.move();
  }

  /** What the worker said before it went still counts. */
  #hangUp(why: string): void {
    this.#drain();
    this.#end(why);
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outbox.close();
    this.#channel.close();
    this.#bell.stop();
    this.#onClosed(why);
  }

  /** What the worker said until now still counts. */
  close(): void {
    this.#hangUp("it was closed by the host");
  }
}
