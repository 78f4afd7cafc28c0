// How bytes stay where they are while the kernel looks at them.
// RULE: an address lives as long as its pin (one call) or its Arena (until disposed), never longer.
import { ptr } from "bun:ffi";

/** What a syscall argument may be. Views are passed by address, null is the null pointer. */
export type Argument = number | bigint | ArrayBufferView | null;

/** Text or raw bytes that become a NUL-terminated C string. */
export type CText = string | Uint8Array;

const encoder = new TextEncoder();
const pinned: unknown[] = [];

/**
 * The address of a view, null for an empty one.
 * SAFETY: valid as long as the caller keeps the view reachable and nobody reads `.buffer` of a small typed array, which
 * moves its storage. A view over an explicit ArrayBuffer never moves.
 */
export function addressOf(view: ArrayBufferView): number {
  return view.byteLength === 0 ? 0 : ptr(view as Uint8Array);
}

/**
 * The address of a view, valid until unpin(). An empty view has the null address.
 * SAFETY: the view is reachable from `pinned`, so its storage is not collected. Storage of a small typed array moves
 * when somebody reads its `.buffer`, so no JavaScript may run between pin() and the call.
 */
function pin(view: ArrayBufferView): number {
  pinned.push(view);
  return addressOf(view);
}

/** Lets go of everything that was pinned. */
export function unpin(): void {
  if (pinned.length !== 0) pinned.length = 0;
}

/** @throws TypeError for a value that would reach the kernel as another number than the one written. */
export function toWord(value: Argument): number | bigint {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      throw new TypeError(`Cannot pass ${value} to the kernel: it is not an integer below 2^53`);
    return value;
  }
  if (typeof value === "bigint") return BigInt.asIntN(64, value);
  if (value === null) return 0;
  if (ArrayBuffer.isView(value)) return pin(value);
  throw new TypeError(
    `Cannot pass a value of type ${typeof value} to the kernel: expected a number, a bigint, a view of bytes or null`,
  );
}

/**
 * The bytes of a C string, with the ending NUL.
 * @throws TypeError if the text holds a NUL byte or a lone surrogate, since the kernel would read another text.
 */
export function cString(text: CText): Uint8Array {
  if (typeof text === "string") {
    checkText(text);
    return encoder.encode(`${text}\0`);
  }
  checkBytes(text);
  const bytes = new Uint8Array(text.length + 1);
  bytes.set(text);
  return bytes;
}

function checkText(text: string): void {
  if (text.includes("\0"))
    throw new TypeError(`Cannot make a C string of ${JSON.stringify(text)}: it holds a NUL byte`);
  if (!text.isWellFormed())
    throw new TypeError(`Cannot make a C string of ${JSON.stringify(text)}: it holds a lone surrogate`);
}

function checkBytes(bytes: Uint8Array): void {
  if (bytes.includes(0)) throw new TypeError(`Cannot make a C string of ${bytes.length} bytes: they hold a NUL byte`);
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly address: number;
}

const CHUNK_BYTES = 4096;
const ALIGNMENT = 8;

/**
 * Memory for structures that point at each other: C strings, argv, envp, a launch plan. Every address it gives stays
 * valid until it is disposed.
 */
export class Arena {
  #chunks: Chunk[] = [];
  #used = 0;
  #closed = false;

  /** Copies a C string. Errors as of cString(). */
  cString(text: CText): number {
    if (typeof text !== "string") {
      checkBytes(text);
      const { view, address } = this.#take(text.length + 1);
      view.set(text);
      return address;
    }
    checkText(text);
    const { view, address } = this.#take(Buffer.byteLength(text) + 1);
    encoder.encodeInto(text, view);
    return address;
  }

  /** Copies a null-terminated array of C strings, as execve(2) wants argv and envp. */
  cStrings(texts: readonly CText[]): number {
    const addresses = new BigUint64Array(texts.length + 1);
    for (let i = 0; i < texts.length; i++) addresses[i] = BigInt(this.cString(texts[i] as CText));
    return this.bytes(addresses);
  }

  /** Copies bytes, aligned to eight. Empty bytes have the null address. */
  bytes(source: ArrayBufferView): number {
    if (source.byteLength === 0) return 0;
    const { view, address } = this.#take(source.byteLength);
    view.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
    return address;
  }

  /** Gives the memory up; its addresses are dead from here on. Harmless when repeated. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#chunks = [];
  }

  #take(byteLength: number): { view: Uint8Array; address: number } {
    if (this.#closed) throw new TypeError("Cannot use an arena: it is disposed");
    let chunk = this.#chunks.at(-1);
    let start = (this.#used + ALIGNMENT - 1) & -ALIGNMENT;
    if (chunk === undefined || start + byteLength > chunk.bytes.length) {
      // SAFETY: over an ArrayBuffer of its own the storage never moves; a plain small typed array may.
      const bytes = new Uint8Array(new ArrayBuffer(Math.max(CHUNK_BYTES, byteLength)));
      chunk = { bytes, address: ptr(bytes) };
      this.#chunks.push(chunk);
      start = 0;
    }
    this.#used = start + byteLength;
    return { view: chunk.bytes.subarray(start, start + byteLength), address: chunk.address + start };
  }
}
