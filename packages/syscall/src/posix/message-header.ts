// The msghdr and iovecs of one sendmsg or recvmsg, in memory that is used again by the next.
import { addressOf } from "../pointer.ts";
import { offsetOf } from "../struct.ts";
import { IOVEC_LAYOUT, MSGHDR_LAYOUT } from "./structs.ts";

/** Data in one piece, or gathered from and scattered to several. */
export type Data = Uint8Array | readonly Uint8Array[];

/** Valid until disposed, and until the next messageHeader(). */
export interface MessageHeader extends Disposable {
  readonly bytes: Uint8Array;
  /** What the kernel left in msg_controllen. */
  readonly controlBytes: number;
  /** What the kernel left in msg_flags. */
  readonly flags: number;
}

const WORD = 4;
const IOV = offsetOf(MSGHDR_LAYOUT, "msg_iov") / WORD;
const IOVLEN = offsetOf(MSGHDR_LAYOUT, "msg_iovlen") / WORD;
const CONTROL = offsetOf(MSGHDR_LAYOUT, "msg_control") / WORD;
const CONTROLLEN = offsetOf(MSGHDR_LAYOUT, "msg_controllen") / WORD;
const FLAGS = offsetOf(MSGHDR_LAYOUT, "msg_flags") / WORD;
const FIRST_PIECES = 8;

class Scratch implements MessageHeader {
  readonly bytes: Uint8Array;
  readonly capacity: number;
  readonly #words: Uint32Array;
  readonly #address: number;
  held: readonly unknown[] = [];

  constructor(capacity: number) {
    // SAFETY: over an ArrayBuffer of its own the storage never moves, so msg_iov may point into it.
    const memory = new ArrayBuffer(MSGHDR_LAYOUT.size + capacity * IOVEC_LAYOUT.size);
    this.bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
    this.#address = addressOf(this.bytes);
    this.capacity = capacity;
  }

  fill(data: Data, control: Uint8Array | null): void {
    const words = this.#words;
    words.fill(0, 0, MSGHDR_LAYOUT.size / WORD);
    // SAFETY: the kernel follows these addresses; the views stay reachable from held until dispose.
    this.held = [data, control];
    let pieces = 1;
    if (data instanceof Uint8Array) this.#piece(0, data);
    else {
      pieces = data.length;
      for (let i = 0; i < pieces; i++) this.#piece(i, data[i] as Uint8Array);
    }
    put(words, IOV, this.#address + MSGHDR_LAYOUT.size);
    words[IOVLEN] = pieces;
    if (control !== null) {
      put(words, CONTROL, addressOf(control));
      words[CONTROLLEN] = control.byteLength;
    }
  }

  get controlBytes(): number {
    return this.#words[CONTROLLEN] as number;
  }

  get flags(): number {
    return this.#words[FLAGS] as number;
  }

  [Symbol.dispose](): void {
    this.held = [];
  }

  #piece(index: number, view: Uint8Array): void {
    const at = (MSGHDR_LAYOUT.size + index * IOVEC_LAYOUT.size) / WORD;
    put(this.#words, at, addressOf(view));
    put(this.#words, at + 2, view.byteLength);
  }
}

function put(words: Uint32Array, index: number, value: number): void {
  words[index] = value;
  words[index + 1] = Math.floor(value / 0x1_0000_0000);
}

let scratch: Scratch | undefined;

/** Points a header at the data and the control bytes. */
export function messageHeader(data: Data, control: Uint8Array | null): MessageHeader {
  const pieces = data instanceof Uint8Array ? 1 : data.length;
  if (scratch === undefined || scratch.capacity < pieces) scratch = new Scratch(Math.max(FIRST_PIECES, pieces));
  scratch.fill(data, control);
  return scratch;
}
