// Walks a value once and writes its bytes with the primitives of cbor2. Nothing is left out silently: what cannot be
// carried is an error that says where it is. No getter, toJSON or toCBOR of the value is called.
import type { RequiredEncodeOptions } from "cbor2";
import { lazy } from "../lazy.ts";
import {
  ERROR_WEIGHT,
  MAJOR,
  MAX_BIGINT_BYTES,
  MAX_LISTED_KEYS,
  MAX_VALUE_BYTES,
  MAX_VALUE_DEPTH,
  MAX_VALUE_ITEMS,
  MAX_VALUE_WORK,
  TAG,
  TYPED_ARRAYS,
  type TypedArrayName,
} from "./value-format.ts";
import { mapStep, refuse, type Trail } from "./value-trail.ts";

const library = lazy(() => {
  const encoder = require("cbor2/encoder") as typeof import("cbor2/encoder");
  const { Writer } = require("cbor2/writer") as typeof import("cbor2/writer");
  const options: RequiredEncodeOptions = { ...encoder.defaultEncodeOptions, collapseBigInts: false };
  return { ...encoder, Writer, options };
});

const INDEX = /^\d+$/;

interface Walk extends Trail {
  readonly cbor: ReturnType<typeof library>;
  readonly writer: InstanceType<typeof import("cbor2/writer").Writer>;
  items: number;
  work: number;
}

/**
 * @param name what the caller calls the value, for errors
 * @throws HostError VALUE_NOT_ENCODABLE
 */
export function writeValue(value: unknown, name: string): Uint8Array {
  const cbor = library();
  const walk: Walk = { cbor, writer: new cbor.Writer(), name, keys: [], ancestors: [], items: 0, work: 0 };
  write(value, walk);
  return walk.writer.read();
}

function write(value: unknown, walk: Walk): void {
  const { cbor, writer } = walk;
  count(walk);
  if (typeof value === "string") writeText(value, walk);
  else if (typeof value === "number") cbor.writeNumber(value, writer, cbor.options);
  else if (typeof value === "bigint") writeBigint(value, walk);
  else if (typeof value === "object" && value !== null) writeObject(value, walk);
  else if (typeof value === "function" || typeof value === "symbol") refuse(walk, `it is a ${typeof value}`);
  else cbor.writeUnknown(value, writer, cbor.options);
}

/** The same bounds as the reader's, so that whatever is encoded can be decoded. */
function count(walk: Walk): void {
  walk.items += 1;
  walk.work += walk.ancestors.length + 1;
  if (walk.items > MAX_VALUE_ITEMS)
    refuse(walk, `it is one of more than ${MAX_VALUE_ITEMS} items; send a typed array or bytes`);
  if (walk.work > MAX_VALUE_WORK) refuse(walk, "there are too many items in too deep a nesting");
  if (walk.writer.length > MAX_VALUE_BYTES) refuse(walk, `the value has more than ${MAX_VALUE_BYTES} bytes`);
}

function writeText(value: string, walk: Walk): void {
  if (!value.isWellFormed()) refuse(walk, "it is a text with half a surrogate pair, which UTF-8 cannot carry");
  walk.cbor.writeString(value, walk.writer, walk.cbor.options);
}

function writeBigint(value: bigint, walk: Walk): void {
  const { cbor, writer } = walk;
  const magnitude = value < 0n ? -1n - value : value;
  const hex = magnitude.toString(16);
  if (hex.length > MAX_BIGINT_BYTES * 2) refuse(walk, `it is a bigint of more than ${MAX_BIGINT_BYTES} bytes`);
  writeTag(walk, value < 0n ? TAG.negativeBigint : TAG.bigint);
  cbor.writeUint8Array(Uint8Array.fromHex(hex.length % 2 === 0 ? hex : `0${hex}`), writer);
}

function writeTag(walk: Walk, tag: number): void {
  count(walk);
  if (tag === TAG.error) walk.items += ERROR_WEIGHT;
  walk.cbor.writeTag(tag, walk.writer, walk.cbor.options);
}

function writeObject(value: object, walk: Walk): void {
  if (ArrayBuffer.isView(value)) writeView(value, walk);
  else if (value instanceof ArrayBuffer) writeBytes(TAG.arrayBuffer, value, 0, value.byteLength, walk);
  else if (Object.getPrototypeOf(value) === Date.prototype) writeDate(value as Date, walk);
  else writeContainer(value, walk);
}

function writeContainer(value: object, walk: Walk): void {
  if (walk.ancestors.length >= MAX_VALUE_DEPTH) refuseDepth(walk);
  const prototype: object | null = Object.getPrototypeOf(value);
  const level = walk.ancestors.push(value) - 1;
  if (prototype === Array.prototype) writeArray(value as unknown[], level, walk);
  else if (prototype === Map.prototype) writeMap(value as Map<unknown, unknown>, level, walk);
  else if (prototype === Set.prototype) writeSet(value as Set<unknown>, level, walk);
  else if (value instanceof Error) writeError(value, level, walk);
  else writePlain(value, prototype, level, walk);
  walk.ancestors.length = level;
  walk.keys.length = level;
}

/** A cycle is noticed by its depth alone, so that no value pays for a look at each level. Its path ends where it closes. */
function refuseDepth(walk: Walk): never {
  const { ancestors, keys } = walk;
  const again = ancestors.findIndex((value, level) => ancestors.indexOf(value) < level);
  if (again === -1) refuse(walk, `it is nested more than ${MAX_VALUE_DEPTH} deep`);
  refuse({ ...walk, keys: keys.slice(0, again) }, "it is part of a cycle");
}

function writeHead(major: number, length: number, { cbor, writer }: Walk): void {
  cbor.writeInt(length, writer, major);
}

function writeArray(value: readonly unknown[], level: number, walk: Walk): void {
  const { length } = value;
  checkNames(value, walk);
  writeHead(MAJOR.array, length, walk);
  for (let index = 0; index < length; index += 1) {
    walk.keys[level] = index;
    const item = value[index];
    if (item === undefined && !Object.hasOwn(value, index)) refuse(walk, "it is a hole of an array");
    write(item, walk);
  }
}

function checkNames(value: readonly unknown[], walk: Walk): void {
  if (value.length > MAX_LISTED_KEYS) return;
  const name = Object.keys(value).find((key) => !INDEX.test(key));
  if (name !== undefined) refuse(walk, `it is an array with a property ${JSON.stringify(name)}`);
}

function writeMap(value: ReadonlyMap<unknown, unknown>, level: number, walk: Walk): void {
  writeTag(walk, TAG.map);
  writeHead(MAJOR.array, value.size * 2, walk);
  Map.prototype.forEach.call(value, (item, key) => {
    walk.keys[level] = { step: ".keys()" };
    write(key, walk);
    walk.keys[level] = mapStep(key);
    write(item, walk);
  });
}

function writeSet(value: ReadonlySet<unknown>, level: number, walk: Walk): void {
  writeTag(walk, TAG.set);
  writeHead(MAJOR.array, value.size, walk);
  walk.keys[level] = { step: ".values()" };
  Set.prototype.forEach.call(value, (item) => write(item, walk));
}

/** Name, message, stack and cause; the class and every other property stay behind. */
function writeError(error: Error, level: number, walk: Walk): void {
  writeTag(walk, TAG.error);
  const hasCause = Object.hasOwn(error, "cause");
  writeHead(MAJOR.array, hasCause ? 4 : 3, walk);
  for (const key of ["name", "message", "stack"] as const) {
    walk.keys[level] = key;
    const text: unknown = error[key];
    write(typeof text === "string" ? text.toWellFormed() : "", walk);
  }
  walk.keys[level] = "cause";
  if (hasCause) write(error.cause, walk);
}

function writePlain(value: object, prototype: object | null, level: number, walk: Walk): void {
  if (!isPlain(prototype)) refuse(walk, describeInstance(value, prototype));
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(walk, "it has a property whose name is a symbol");
  const keys = Object.keys(value);
  writeHead(MAJOR.map, keys.length, walk);
  for (const key of keys) {
    walk.keys[level] = key;
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || !("value" in property)) refuse(walk, "it is a getter, and getters are not called");
    count(walk);
    writeText(key, walk);
    write(property.value, walk);
  }
}

/** Also the plain object of another realm. */
function isPlain(prototype: object | null): boolean {
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty");
}

function describeInstance(value: object, prototype: object | null): string {
  if (value instanceof Promise) return "it is a Promise; await it first";
  const made: unknown =
    prototype === null ? undefined : Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name: unknown = typeof made === "function" ? Object.getOwnPropertyDescriptor(made, "name")?.value : undefined;
  return `it is an instance of ${typeof name === "string" && name !== "" ? name : "a class"}; send a plain object`;
}

function writeDate(value: Date, walk: Walk): void {
  writeTag(walk, TAG.date);
  write(Date.prototype.getTime.call(value), walk);
}

const TypedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype);

/** `undefined` for a DataView. Also right for a subclass: a Buffer is a Uint8Array. */
function typedArrayName(view: ArrayBufferView): TypedArrayName | undefined {
  return Reflect.get(TypedArrayPrototype, Symbol.toStringTag, view) as TypedArrayName | undefined;
}

function writeView(view: ArrayBufferView, walk: Walk): void {
  const name = typedArrayName(view);
  const tag = name === undefined ? TAG.dataView : TYPED_ARRAYS[name];
  if (tag === undefined) refuse(walk, `it is a ${name}, which this version does not know`);
  writeBytes(tag, view.buffer, view.byteOffset, view.byteLength, walk);
}

function writeBytes(tag: number, buffer: ArrayBufferLike, offset: number, length: number, walk: Walk): void {
  if ("detached" in buffer && buffer.detached) refuse(walk, "its memory was transferred away");
  writeTag(walk, tag);
  walk.cbor.writeUint8Array(new Uint8Array(buffer, offset, length), walk.writer);
}
