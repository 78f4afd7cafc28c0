// The format of job values: CBOR with the tags below, in one spelling only, and what JSON carries exactly as JSON inside of
// it (value-json.ts). Both sides are of one version, so that private tags are enough where no registered one keeps the
// JavaScript type.

/** Nesting of arrays, objects, maps, sets and errors. */
export const MAX_VALUE_DEPTH: number = 200;
/** Items of one value: every number, text, list and so on counts, and a typed array or a Uint8Array is one. */
export const MAX_VALUE_ITEMS: number = 1_000_000;
/** Size of one encoded value, bytes. */
export const MAX_VALUE_BYTES: number = 2 ** 30;
/** Size of a value's JSON, bytes. Each item takes two at least, so that its bound on items holds as well. */
export const MAX_JSON_BYTES: number = 2 ** 20;
/** A named property of an array is looked for up to this length: listing the keys of a long one costs more than encoding it. */
export const MAX_LISTED_KEYS: number = 64;
/** Size of one bigint, bytes: what the engine itself can hold. */
export const MAX_BIGINT_BYTES: number = 2 ** 17;
/** Items weighted with their depth: what a decoder that visits every parent would pay. It bounds the time of a decode. */
export const MAX_VALUE_WORK: number = 8_000_000;

export const MAJOR = { integer: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

export const TAG = {
  bigint: 2,
  negativeBigint: 3,
  set: 258,
  map: 18_501,
  date: 18_502,
  error: 18_503,
  arrayBuffer: 18_504,
  dataView: 18_505,
} as const;

/** RFC 8746, little-endian. */
export const TYPED_ARRAYS = {
  Uint8Array: 64,
  Uint8ClampedArray: 68,
  Uint16Array: 69,
  Uint32Array: 70,
  BigUint64Array: 71,
  Int8Array: 72,
  Int16Array: 77,
  Int32Array: 78,
  BigInt64Array: 79,
  Float16Array: 84,
  Float32Array: 85,
  Float64Array: 86,
} as const;

export type TypedArrayName = keyof typeof TYPED_ARRAYS;

/** What has to follow a tag directly. */
export type TagContent = "bytes" | "array" | "number";

/** Every tag that a value may have. */
export const TAG_CONTENTS: ReadonlyMap<number, TagContent> = new Map<number, TagContent>([
  [TAG.bigint, "bytes"],
  [TAG.negativeBigint, "bytes"],
  [TAG.set, "array"],
  [TAG.map, "array"],
  [TAG.date, "number"],
  [TAG.error, "array"],
  [TAG.arrayBuffer, "bytes"],
  [TAG.dataView, "bytes"],
  ...Object.values(TYPED_ARRAYS).map((tag): [number, TagContent] => [tag, "bytes"]),
]);

/** What reviving an Error costs beyond its texts, in items. */
export const ERROR_WEIGHT: number = 8;
