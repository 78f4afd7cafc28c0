// What a worker has no room for yet: messages wait here in their order, with copies of their descriptors.
import type { NumberedChannel, Sent } from "@hutch/fdpass";
import { dup, type Fd, type OwnedFd } from "@hutch/syscall";

/** A worker that is busy with a launch reads the next message some milliseconds later. */
const RETRY_MS = 2;

interface Letter {
  readonly bytes: Uint8Array;
  readonly descriptors: readonly OwnedFd[];
}

export class Outbox {
  readonly #channel: NumberedChannel;
  readonly #letters: Letter[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(channel: NumberedChannel) {
    this.#channel = channel;
  }

  /** Sends it now, or after what waits already. @throws SyscallError when its descriptors can not be copied */
  send(bytes: Uint8Array, descriptors: readonly Fd[]): Exclude<Sent, "full"> {
    const sent = this.#letters.length > 0 ? "full" : this.#channel.send(bytes, descriptors);
    if (sent !== "full") return sent;
    using undo = new DisposableStack();
    const copies = descriptors.map((fd) => undo.use(dup(fd)));
    undo.move();
    this.#letters.push({ bytes, descriptors: copies });
    this.#retryLater();
    return "sent";
  }

  /** Sends what there is room for. */
  flush(): void {
    for (let [letter] = this.#letters; letter !== undefined; [letter] = this.#letters) {
      const { bytes, descriptors } = letter;
      const sent = this.#channel.send(
        bytes,
        descriptors.map(({ fd }) => fd),
      );
      if (sent === "full") {
        this.#retryLater();
        return;
      }
      this.#letters.shift();
      for (const copy of descriptors) copy.close();
    }
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.flush();
    }, RETRY_MS);
  }

  /** Nobody will read the rest. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { descriptors } of this.#letters.splice(0)) for (const copy of descriptors) copy.close();
  }
}
