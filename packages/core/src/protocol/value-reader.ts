// Builds values from bytes that scanValue() accepted, with cbor2. Nothing that the bytes say is called or evaluated.
// TRUST: keys and contents are a job's: they become own data properties, also `__proto__`.
import type { decode as decodeCbor } from "cbor2/decoder";
import { lazy } from "../lazy.ts";
import { ValueError } from "./protocol-error.ts";
import { TAG, TYPED_ARRAYS, type TypedArrayName } from "./value-format.ts";

const MAX_DATE_MS = 8.64e15;

type DecodeOptions = NonNullable<Parameters<typeof decodeCbor>[1]>;
type TagDecoders = NonNullable<DecodeOptions["tags"]>;

const library = lazy(() => require("cbor2/decoder") as typeof import("cbor2/decoder"));

const options: () => DecodeOptions = lazy(() => ({
  // Every tag below, and no other.
  tags: tagDecoders(),
  ignoreGlobalTags: true,
  createObject,
  rejectStreaming: true,
  rejectSimple: true,
}));

/** @throws whatever is wrong with the bytes: decodeValue() makes a ValueError of it */
export function readValue(bytes: Uint8Array): unknown {
  return library().decode(bytes, options());
}

function tagDecoders(): TagDecoders {
  const decoders = new Map<number, (contents: unknown) => unknown>([
    [TAG.bigint, (contents) => toBigint(contents as Uint8Array)],
    [TAG.negativeBigint, (contents) => -1n - toBigint(contents as Uint8Array)],
    [TAG.set, (contents) => toSet(contents as unknown[])],
    [TAG.map, (contents) => toMap(contents as unknown[])],
    [TAG.date, (contents) => toDate(contents as number)],
    [TAG.error, (contents) => toError(contents as unknown[])],
    [TAG.arrayBuffer, (contents) => ownBuffer(contents as Uint8Array)],
    [TAG.dataView, (contents) => new DataView(ownBuffer(contents as Uint8Array))],
  ]);
  for (const [name, tag] of Object.entries(TYPED_ARRAYS)) {
    decoders.set(tag, (contents) => toTypedArray(name as TypedArrayName, contents as Uint8Array));
  }
  return new Map(
    [...decoders].map(([tag, decode]) => [tag, ({ contents }: { readonly contents: unknown }) => decode(contents)]),
  );
}

function createObject(entries: readonly (readonly [key: unknown, value: unknown, ...rest: unknown[]])[]): object {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    if (typeof key !== "string") throw new ValueError("Cannot read the value: a key of an object is not a text");
    if (Object.hasOwn(object, key))
      throw new ValueError(`Cannot read the value: key ${JSON.stringify(key.slice(0, 100))} is there twice`);
    if (key === "__proto__")
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    else object[key] = value;
  }
  return object;
}

/** A copy, so that the value neither keeps nor shows the rest of the message. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function toTypedArray(name: TypedArrayName, bytes: Uint8Array): ArrayBufferView {
  const Constructor = globalThis[name];
  if (bytes.byteLength % Constructor.BYTES_PER_ELEMENT !== 0)
    throw new ValueError(`Cannot read the value: a ${name} has half an element`);
  return new Constructor(ownBuffer(bytes));
}

function toBigint(bytes: Uint8Array): bigint {
  if (bytes.byteLength === 0 || (bytes.byteLength > 1 && bytes[0] === 0))
    throw new ValueError("Cannot read the value: a bigint is spelled wrong");
  return BigInt(`0x${bytes.toHex()}`);
}

function toSet(members: readonly unknown[]): Set<unknown> {
  const set = new Set(members);
  if (set.size !== members.length) throw new ValueError("Cannot read the value: a member of a set is there twice");
  return set;
}

/** The array holds keys and values in turn. */
function toMap(contents: readonly unknown[]): Map<unknown, unknown> {
  if (contents.length % 2 !== 0) throw new ValueError("Cannot read the value: a map's last key has no value");
  const map = new Map<unknown, unknown>();
  for (let index = 0; index < contents.length; index += 2) map.set(contents[index], contents[index + 1]);
  if (map.size !== contents.length / 2) throw new ValueError("Cannot read the value: a key of a map is there twice");
  return map;
}

/** NaN is the invalid date. */
function toDate(ms: number): Date {
  if (Math.abs(ms) > MAX_DATE_MS || (!Number.isNaN(ms) && !Number.isInteger(ms)))
    throw new ValueError("Cannot read the value: a date is out of range");
  return new Date(ms);
}

/** A plain Error whatever its name says, with these own properties and no other. */
function toError(contents: readonly unknown[]): Error {
  const [name, message, stack] = contents;
  const isRight =
    typeof name === "string" && typeof message === "string" && typeof stack === "string" && contents.length <= 4;
  if (!isRight) throw new ValueError("Cannot read the value: an error is not name, message and stack");
  const error = withoutTrace(() =>
    contents.length === 4 ? new Error(message, { cause: contents[3] }) : new Error(message),
  );
  Object.defineProperty(error, "name", { value: name, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(error, "stack", { value: stack, writable: true, enumerable: false, configurable: true });
  return error;
}

/** Keeps our own place in the code out of the error: the engine would store it as properties and print it. */
function withoutTrace(make: () => Error): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
