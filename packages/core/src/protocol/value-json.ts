// Values that JSON carries exactly travel as JSON inside of CBOR (tag 262, "embedded JSON", in a byte string): the engine
// reads and writes it without code of ours, which every job would have to warm up anew. All others are written item by item.
// TRUST: JSON.parse() is no deserializer of the engine's own values. It makes plain objects and arrays, runs no code of the
// text, and a key `__proto__` is a property like any other.
import { describeError } from "../sentence.ts";
import { ValueError } from "./protocol-error.ts";
import { MAX_JSON_BYTES, MAX_LISTED_KEYS, MAX_VALUE_DEPTH } from "./value-format.ts";

/** Tag 262 and the head of a byte string whose length has four bytes. */
const HEAD = [0xd9, 0x01, 0x06, 0x5a] as const;
const TEXT_AT: number = HEAD.length + 4;

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

const { parse, stringify } = JSON;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @returns null for what has to be written item by item, also where that is refused */
export function writeJson(value: unknown): Uint8Array | null {
  if (!isExact(value, { left: MAX_JSON_BYTES }, 0)) return null;
  const text = stringify(value);
  const length = Buffer.byteLength(text);
  if (length > MAX_JSON_BYTES) return null;
  const bytes = new Uint8Array(TEXT_AT + length);
  bytes.set(HEAD);
  new DataView(bytes.buffer).setUint32(HEAD.length, length);
  encoder.encodeInto(text, bytes.subarray(TEXT_AT));
  return bytes;
}

export function isJson(bytes: Uint8Array): boolean {
  return HEAD.every((byte, index) => bytes[index] === byte);
}

/**
 * The text has to be what writeJson() would have written: no second spelling, no key that is there twice.
 * @throws ValueError
 */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength < TEXT_AT) fail("it is cut off");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEAD.length);
  const left = bytes.byteLength - TEXT_AT;
  if (length > left) fail(`${length} bytes are announced and ${left} are left`);
  if (length < left) fail(`${left - length} bytes follow it`);
  // RULE: before it is parsed. A text this short has fewer items than a value may have.
  if (length > MAX_JSON_BYTES) fail(`its JSON has more than ${MAX_JSON_BYTES} bytes`);
  if (length > 2 * MAX_VALUE_DEPTH && nestsTooDeep(bytes)) fail(`it is nested more than ${MAX_VALUE_DEPTH} deep`);
  try {
    const text = decoder.decode(bytes.subarray(TEXT_AT));
    const value: unknown = parse(text);
    if (stringify(value) !== text || !isExact(value, { left: MAX_JSON_BYTES }, 0)) fail("its JSON is spelled wrong");
    return value;
  } catch (error) {
    if (error instanceof ValueError) throw error;
    return fail(`its JSON does not parse: ${describeError(error)}`);
  }
}

/** The engine's parser calls itself at each level. */
function nestsTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let at = TEXT_AT; at < bytes.byteLength; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_VALUE_DEPTH) return true;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

function fail(why: string): never {
  throw new ValueError(`Cannot read the value: ${why}`);
}

/**
 * Whether JSON brings the value back as it is, and writing it calls nothing of it but what stands at an index of an array.
 * @param room what the text may still take, at least; a value that is part of itself runs out of depth or room
 */
function isExact(value: unknown, room: { left: number }, depth: number): boolean {
  room.left -= 2;
  switch (typeof value) {
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "string":
      room.left -= value.length;
      return room.left > 0 && value.isWellFormed();
    case "object":
      if (value === null) return true;
      if (room.left <= 0 || depth >= MAX_VALUE_DEPTH || "toJSON" in value) return false;
      return Array.isArray(value) ? isExactArray(value, room, depth + 1) : isExactObject(value, room, depth + 1);
    default:
      return false;
  }
}

function isExactArray(value: readonly unknown[], room: { left: number }, depth: number): boolean {
  const { length } = value;
  if (Object.getPrototypeOf(value) !== Array.prototype || length > room.left) return false;
  if (length <= MAX_LISTED_KEYS && Object.keys(value).length !== length) return false;
  // A hole is undefined, which is not carried either.
  for (let index = 0; index < length; index += 1) if (!isExact(value[index], room, depth)) return false;
  return true;
}

function isExactObject(value: object, room: { left: number }, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype || Object.getOwnPropertySymbols(value).length > 0) return false;
  for (const key of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property === undefined || !("value" in property)) return false;
    if (!isExact(key, room, depth) || !isExact(property.value, room, depth)) return false;
  }
  return true;
}
