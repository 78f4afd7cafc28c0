// What a job sends: kept up to a bound, readable while it arrives and afterwards.
// TRUST: every byte is the job's. Nothing is decoded here.
import type { OwnedFd } from "@hutch/syscall";
import { listenSocket } from "./listen-socket.ts";

/** One stream that is being collected. */
interface Collected {
  readonly done: Promise<void>;
  /** What arrived so far is all. */
  cancel(): void;
  /** Whether waiting for more keeps this process alive. It does unless told otherwise. */
  keepAlive(busy: boolean): void;
}

/** What arrived at once. A line may be cut anywhere, and so may a character. */
export interface OutputChunk {
  /** Always `stdout` from a job that has a terminal. */
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

export class Output {
  readonly #limitBytes: number;
  readonly #onExceeded: () => void;
  readonly #chunks: OutputChunk[] = [];
  #bytes = 0;
  #open = 0;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param onExceeded called once, when the job sent more than the limit */
  constructor(limitBytes: number, onExceeded: () => void) {
    this.#limitBytes = limitBytes;
    this.#onExceeded = onExceeded;
  }

  /** Bytes that arrived, also those past the limit. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** Reads a pipe, or whatever can be read, until the other end closes or `cancel` is called. */
  collect(stream: "stdout" | "stderr", end: OwnedFd): Omit<Collected, "keepAlive"> {
    // Bun reads from a duplicate of its own.
    const reader = Bun.file(end.fd).stream().getReader();
    end.close();
    this.#open += 1;
    const read = async (): Promise<void> => {
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          this.#add(stream, value);
        }
      } finally {
        this.#close();
      }
    };
    return { done: read(), cancel: () => void reader.cancel() };
  }

  /** Reads a socket: that need not keep this process alive, which reading a pipe does. */
  listen(stream: "stdout" | "stderr", end: OwnedFd): Collected {
    this.#open += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = listenSocket(end, {
      data: (bytes) => this.#add(stream, new Uint8Array(bytes)),
      closed: () => resolve(),
    });
    return {
      done: promise.then(() => this.#close()),
      cancel: () => socket.stop(),
      keepAlive: (busy) => socket.keepAlive(busy),
    };
  }

  #close(): void {
    this.#open -= 1;
    this.#signal();
  }

  #add(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    const room = this.#limitBytes - this.#bytes;
    const before = this.#bytes;
    this.#bytes += bytes.byteLength;
    if (room > 0) {
      this.#chunks.push({ stream, bytes: bytes.byteLength <= room ? bytes : bytes.subarray(0, room) });
      this.#signal();
    }
    if (before <= this.#limitBytes && this.#bytes > this.#limitBytes) this.#onExceeded();
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** All of one stream, joined. */
  bytes(stream: "stdout" | "stderr"): Uint8Array {
    return Buffer.concat(this.#chunks.filter((chunk) => chunk.stream === stream).map((chunk) => chunk.bytes));
  }

  /** Chunks as they come, from the first one on, until every stream ended. Any number of readers. */
  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk, void, void> {
    for (let next = 0; ; ) {
      const chunk = this.#chunks[next];
      if (chunk !== undefined) {
        next += 1;
        yield chunk;
      } else if (this.#open === 0) return;
      else await this.#wake.promise;
    }
  }
}
