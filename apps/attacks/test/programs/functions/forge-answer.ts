// Writes an answer of its own making into the job's socket, in the way that the argument names, and ends.
import { writeSync } from "node:fs";
import type { Targets } from "./native.ts";

const JOB_SOCKET = 3;
const VALUE = 1;

/** A frame: the length of what follows, the kind, CBOR. */
function frame(kind: number, body: readonly number[], length = body.length + 1): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  new DataView(bytes.buffer).setUint32(0, length >>> 0, true);
  bytes.set([kind, ...body], 4);
  return bytes;
}

const many = (count: number, byte: number): number[] => Array.from({ length: count }, () => byte);

const WAYS: Readonly<Record<string, () => readonly Uint8Array[]>> = {
  "length 0": () => [frame(VALUE, [0x18, 42], 0)],
  "length 2^31": () => [frame(VALUE, [0x18, 42], 2 ** 31)],
  "length 2^32-1": () => [frame(VALUE, [0x18, 42], 2 ** 32 - 1)],
  "more than it says": () => [frame(VALUE, [0x18, 42, 0, 0, 0, 0], 3)],
  "less than it says": () => [frame(VALUE, [0x18, 42], 300)],
  "half of a length": () => [new Uint8Array([3, 0])],
  "a kind that is none": () => [frame(250, [0x18, 42])],
  "two answers": () => [frame(VALUE, [0x18, 42]), frame(VALUE, [0x18, 43])],
  "text that is no UTF-8": () => [frame(VALUE, [0x61, 0xff])],
  "a name of prototypes": () => [frame(VALUE, [0xa1, 0x69, ...Buffer.from("__proto__"), 0xa1, 0x61, 0x78, 1])],
  "a depth of 100000": () => [frame(VALUE, [...many(100_000, 0x81), 0])],
  "a list of 2^32 items": () => [frame(VALUE, [0x9a, 0xff, 0xff, 0xff, 0xff, 0])],
  "a text of 2^63 bytes": () => [frame(VALUE, [0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0])],
  "an endless list": () => [frame(VALUE, [0x9f, ...many(1000, 0)])],
  nothing: () => [],
};

export default function forgeAnswer({ ARGUMENT = "" }: Targets): never {
  for (const bytes of WAYS[ARGUMENT]?.() ?? []) writeSync(JOB_SOCKET, bytes);
  process.exit(0);
}
