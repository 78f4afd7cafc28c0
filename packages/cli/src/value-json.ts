// Job values as JSON and back. What JSON does not have becomes an object with one key that starts with "$"; an object of
// the user's that looks like that gets one more "$". Nothing is dropped silently.

/** A value that JSON.stringify writes as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const TYPED_ARRAYS: Readonly<Record<string, new (items: never[]) => ArrayBufferView>> = {
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  BigUint64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  Float16Array,
  Float32Array,
  Float64Array,
};

const TAGS = ["bigint", "number", "bytes", "array", "date", "map", "set", "undefined", "error"] as const;
const OUR_KEY = new RegExp(`^\\$(${TAGS.join("|")})$`);
const LIKE_OUR_KEY = new RegExp(`^\\$+(${TAGS.join("|")})$`);

/** @throws TypeError for what a job value cannot be: a function, a symbol, an object of a class */
export function valueToJson(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { $bigint: String(value) };
    case "undefined":
      return { $undefined: true };
    case "object":
      return value === null ? null : objectToJson(value);
    default:
      throw new TypeError(`Cannot write the value as JSON: it holds a ${typeof value}`);
  }
}

function objectToJson(value: object): Json {
  if (Array.isArray(value)) return Array.from(value, valueToJson);
  if (value instanceof Uint8Array) return { $bytes: value.toBase64() };
  if (value instanceof ArrayBuffer) return { $bytes: new Uint8Array(value).toBase64() };
  if (value instanceof DataView)
    return { $bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength).toBase64() };
  if (ArrayBuffer.isView(value)) return typedArrayToJson(value as ArrayBufferView & Iterable<number | bigint>);
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? "invalid" : value.toISOString() };
  if (value instanceof Map) return { $map: Array.from(value, ([key, item]) => [valueToJson(key), valueToJson(item)]) };
  if (value instanceof Set) return { $set: Array.from(value, valueToJson) };
  if (value instanceof Error) return { $error: { name: value.name, message: value.message } };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError(
      `Cannot write the value as JSON: it holds an object of class ${value.constructor?.name ?? "?"}`,
    );
  }
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, valueToJson(item)]);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && LIKE_OUR_KEY.test(only[0])) return { [`$${only[0]}`]: only[1] };
  return Object.fromEntries(entries);
}

function typedArrayToJson(value: ArrayBufferView & Iterable<number | bigint>): Json {
  const name = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return { $array: [name, Array.from(value, valueToJson)] };
}

/** @throws TypeError or RangeError for a "$" object that is not well-formed */
export function jsonToValue(json: unknown): unknown {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(jsonToValue);
  const entries = Object.entries(json);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    if (OUR_KEY.test(only[0])) return untag(only[0], only[1]);
    if (LIKE_OUR_KEY.test(only[0])) return { [only[0].slice(1)]: jsonToValue(only[1]) };
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, jsonToValue(item)]));
}

function untag(tag: string, content: unknown): unknown {
  const refuse = (expected: string): never => {
    throw new TypeError(`Cannot use {"${tag}": …}: expected ${expected}`);
  };
  switch (tag) {
    case "$bigint":
      return typeof content === "string" && /^-?\d+$/.test(content) ? BigInt(content) : refuse("the digits as text");
    case "$number":
      return specialNumber(content) ?? refuse('"NaN", "Infinity", "-Infinity" or "-0"');
    case "$bytes":
      return bytesOf(content) ?? refuse("base64");
    case "$array":
      return (
        typedArray(content) ?? refuse(`a type (${Object.keys(TYPED_ARRAYS).join(", ")}) and an array of its numbers`)
      );
    case "$date":
      return dateOf(content) ?? refuse('a date such as "2026-01-31T12:00:00.000Z"');
    case "$map":
      return mapOf(content) ?? refuse("an array of [key, value]");
    case "$set":
      return Array.isArray(content) ? new Set(content.map(jsonToValue)) : refuse("an array");
    case "$undefined":
      return content === true ? undefined : refuse("true");
    default:
      return errorOf(content) ?? refuse("an object with name and message");
  }
}

function specialNumber(content: unknown): number | null {
  return content === "NaN" || content === "Infinity" || content === "-Infinity" || content === "-0"
    ? Number(content)
    : null;
}

function bytesOf(content: unknown): Uint8Array | null {
  if (typeof content !== "string") return null;
  const bytes = Buffer.from(content, "base64");
  return bytes.toString("base64") === content ? new Uint8Array(bytes) : null;
}

function typedArray(content: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 2) return null;
  const [name, items] = content.map(jsonToValue) as [unknown, unknown];
  const TypedArray = typeof name === "string" && Object.hasOwn(TYPED_ARRAYS, name) ? TYPED_ARRAYS[name] : undefined;
  if (typeof name !== "string" || TypedArray === undefined || !Array.isArray(items)) return null;
  const wanted = name.startsWith("Big") ? "bigint" : "number";
  if (items.some((item) => typeof item !== wanted)) return null;
  return new TypedArray(items as never[]);
}

function dateOf(content: unknown): Date | null {
  if (content === "invalid") return new Date(Number.NaN);
  const date = new Date(typeof content === "string" ? content : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

function mapOf(content: unknown): Map<unknown, unknown> | null {
  if (!Array.isArray(content) || content.some((entry) => !Array.isArray(entry) || entry.length !== 2)) return null;
  return new Map(content.map(([key, item]: [unknown, unknown]) => [jsonToValue(key), jsonToValue(item)]));
}

function errorOf(content: unknown): Error | null {
  const { name, message } = (content ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  if (typeof name !== "string" || typeof message !== "string") return null;
  const error = new Error(message);
  error.name = name;
  return error;
}
