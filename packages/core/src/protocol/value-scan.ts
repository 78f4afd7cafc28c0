// Reads the structure of a value without building it, in one pass without recursion, before a library sees the bytes.
// TRUST: the bytes are a job's. What passes here is bounded in depth, items and time, has known tags only, and ends
// exactly where the bytes end.
import { ValueError } from "./protocol-error.ts";
import {
  ERROR_WEIGHT,
  MAJOR,
  MAX_BIGINT_BYTES,
  MAX_VALUE_DEPTH,
  MAX_VALUE_ITEMS,
  MAX_VALUE_WORK,
  TAG,
  TAG_CONTENTS,
  type TagContent,
} from "./value-format.ts";

const INDEFINITE = 31;
const FALSE = 20;
const UNDEFINED = 23;
const HALF_FLOAT = 25;
const DOUBLE_FLOAT = 27;

interface Head {
  readonly major: number;
  readonly info: number;
  /** The number that the head carries; for floats its bits, which nobody reads here. */
  readonly argument: number;
  /** Offset of the first byte after the head. */
  readonly end: number;
}

/** @throws ValueError that says what is wrong and at which byte */
export function scanValue(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: number[] = []; // items still to come, of each open array or map
  let offset = 0;
  let items = 0;
  let work = 0;
  let expected: TagContent | null = null;
  let tag = 0;
  for (;;) {
    const head = readHead(view, offset);
    const { major, argument } = head;
    const at = offset;
    offset = head.end;
    items += 1;
    work += open.length + 1;
    if (items > MAX_VALUE_ITEMS) fail(`it has more than ${MAX_VALUE_ITEMS} items`, at);
    if (work > MAX_VALUE_WORK) fail("it has too many items in too deep a nesting", at);
    if (major === MAJOR.tag) {
      if (expected !== null) fail(`tag ${argument} follows tag ${tag}`, at);
      expected = TAG_CONTENTS.get(argument) ?? fail(`tag ${argument} is not known`, at);
      tag = argument;
      if (tag === TAG.error) items += ERROR_WEIGHT;
      continue;
    }
    checkContent(expected, head, tag, at);
    expected = null;
    const left = view.byteLength - offset;
    if (major === MAJOR.bytes || major === MAJOR.text) {
      if (argument > left) fail(`${argument} bytes are announced and ${left} are left`, at);
      offset += argument;
    } else if (major === MAJOR.array || major === MAJOR.map) {
      const count = major === MAJOR.map ? argument * 2 : argument;
      if (count > left) fail(`${count} items are announced and ${left} bytes are left`, at);
      if (open.length >= MAX_VALUE_DEPTH) fail(`it is nested more than ${MAX_VALUE_DEPTH} deep`, at);
      open.push(count);
      if (count > 0) continue;
      open.pop();
    }
    if (!hasMore(open)) break;
  }
  if (offset !== bytes.byteLength) fail(`${bytes.byteLength - offset} bytes follow it`, offset);
}

/** Counts one finished item, and every list that it completes. False when the value is complete. */
function hasMore(open: number[]): boolean {
  while (open.length > 0) {
    const left = (open.pop() ?? 0) - 1;
    if (left > 0) {
      open.push(left);
      return true;
    }
  }
  return false;
}

function checkContent(expected: TagContent | null, { major, info, argument }: Head, tag: number, at: number): void {
  if (expected === null) {
    if (major === MAJOR.bytes) fail("bytes without a type", at);
    return;
  }
  const isNumber = major <= MAJOR.negative || (major === MAJOR.simple && info >= HALF_FLOAT);
  const isRight = expected === "number" ? isNumber : major === (expected === "bytes" ? MAJOR.bytes : MAJOR.array);
  if (!isRight) fail(`tag ${tag} is not followed by ${expected}`, at);
  if ((tag === TAG.bigint || tag === TAG.negativeBigint) && argument > MAX_BIGINT_BYTES)
    fail("a bigint is too large", at);
}

function readHead(view: DataView, at: number): Head {
  if (at >= view.byteLength) fail("it is cut off", at);
  const first = view.getUint8(at);
  const major = first >> 5;
  const info = first & 31;
  if (info === INDEFINITE) fail("a length is indefinite", at);
  if (major === MAJOR.simple) return readSimple(view, at, info);
  if (info < 24) return { major, info, argument: info, end: at + 1 };
  if (info > 27) fail(`byte ${first} starts no item`, at);
  const size = 2 ** (info - 24);
  if (at + 1 + size > view.byteLength) fail("it is cut off", at);
  const argument = readArgument(view, at + 1, size);
  if (argument > Number.MAX_SAFE_INTEGER) fail("a number is too large", at);
  const least = size === 1 ? 24 : 2 ** (4 * size);
  if (argument < least) fail("a number is spelled too long", at);
  return { major, info, argument, end: at + 1 + size };
}

function readSimple(view: DataView, at: number, info: number): Head {
  const isFloat = info >= HALF_FLOAT && info <= DOUBLE_FLOAT;
  if (!isFloat && (info < FALSE || info > UNDEFINED)) fail(`simple value ${info} is not known`, at);
  const end = at + 1 + (isFloat ? 2 ** (info - 24) : 0);
  if (end > view.byteLength) fail("it is cut off", at);
  return { major: MAJOR.simple, info, argument: 0, end };
}

function readArgument(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at);
  if (size === 2) return view.getUint16(at);
  if (size === 4) return view.getUint32(at);
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}

function fail(what: string, at: number): never {
  throw new ValueError(`Cannot read the value: ${what} (byte ${at})`);
}
