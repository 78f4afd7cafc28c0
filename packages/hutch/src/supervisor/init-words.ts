// What init says on its socket, cut into what it means: calls that wait, and copies of memory that the host ordered.
import { decodeNotification, NOTIFICATION_BYTES, type Notification } from "./notification.ts";

/** In the place of a call's number. */
const COPY = -1;
/** Of a copy: its length, or a negated errno. Where a call has its instruction pointer. */
const LENGTH_AT = 24;

export type InitWord =
  | { readonly kind: "call"; readonly notification: Notification }
  | { readonly kind: "copy"; readonly token: number; readonly bytes: Uint8Array | null };

export class InitWords {
  #rest: Uint8Array = new Uint8Array(0);

  /** @returns what is complete by now */
  *add(bytes: Uint8Array): Generator<InitWord> {
    this.#rest = this.#rest.byteLength === 0 ? new Uint8Array(bytes) : Buffer.concat([this.#rest, bytes]);
    for (let word = this.#next(); word !== null; word = this.#next()) yield word;
  }

  #next(): InitWord | null {
    if (this.#rest.byteLength < NOTIFICATION_BYTES) return null;
    const notification = decodeNotification(this.#rest.subarray(0, NOTIFICATION_BYTES));
    if (notification.number !== COPY) {
      this.#rest = this.#rest.subarray(NOTIFICATION_BYTES);
      return { kind: "call", notification };
    }
    const told = new DataView(this.#rest.buffer, this.#rest.byteOffset).getBigInt64(LENGTH_AT, true);
    const end = NOTIFICATION_BYTES + Math.max(0, Number(told));
    if (this.#rest.byteLength < end) return null;
    const bytes = told < 0n ? null : this.#rest.slice(NOTIFICATION_BYTES, end);
    this.#rest = this.#rest.subarray(end);
    return { kind: "copy", token: Number(notification.id), bytes };
  }
}
