// C structures as data: a layout is a size and a table of [field, type, offset].
// RULE: a missing field is an error, never zero; zero is a descriptor, a user and a pid of the caller.

/** `long` and `ulong` are 64 bits wide and read as numbers; `i64` and `u64` read as bigints. */
export type ScalarType = "u8" | "u16" | "u32" | "i16" | "i32" | "long" | "ulong" | "i64" | "u64";

export type Field =
  | readonly [name: string, type: ScalarType, offset: number]
  | readonly [name: string, type: "bytes", offset: number, length: number];

/** A C structure of the kernel's interface; `name` is the C name. Bytes between fields are zero. */
export interface Layout {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly Field[];
}

type InputOf<T> = T extends "i64" | "u64" | "long" | "ulong"
  ? number | bigint
  : T extends "bytes"
    ? Uint8Array
    : number;
type OutputOf<T> = T extends "i64" | "u64" ? bigint : T extends "bytes" ? Uint8Array : number;

/** The values that encodeStruct() needs: all fields. `bytes` may be shorter than the field, the rest is zero. */
export type StructInput<L extends Layout> = { readonly [F in L["fields"][number] as F[0]]: InputOf<F[1]> };

/** The values that decodeStruct() gives. */
export type StructOutput<L extends Layout> = { readonly [F in L["fields"][number] as F[0]]: OutputOf<F[1]> };

/** Width in bytes of each scalar type. */
export const scalarSize: Readonly<Record<ScalarType, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  i16: 2,
  i32: 4,
  long: 8,
  ulong: 8,
  i64: 8,
  u64: 8,
};

const lowest: Readonly<Record<ScalarType, bigint>> = {
  u8: 0n,
  u16: 0n,
  u32: 0n,
  i16: -0x8000n,
  i32: -0x8000_0000n,
  long: -(1n << 63n),
  ulong: 0n,
  i64: -(1n << 63n),
  u64: 0n,
};
const highest: Readonly<Record<ScalarType, bigint>> = {
  u8: 0xffn,
  u16: 0xffffn,
  u32: 0xffff_ffffn,
  i16: 0x7fffn,
  i32: 0x7fff_ffffn,
  long: (1n << 63n) - 1n,
  ulong: (1n << 64n) - 1n,
  i64: (1n << 63n) - 1n,
  u64: (1n << 64n) - 1n,
};

/**
 * The bytes of a structure.
 * @throws TypeError for a missing, unknown or wrongly typed field; RangeError for a value that does not fit its field.
 */
export function encodeStruct<const L extends Layout>(layout: L, values: StructInput<L>): Uint8Array {
  const view = new DataView(new ArrayBuffer(layout.size));
  const given = values as Readonly<Record<string, unknown>>;
  for (const [name, type, offset, length] of layout.fields) {
    const value = given[name];
    if (value === undefined) throw new TypeError(`Cannot encode ${layout.name}: field "${name}" is missing`);
    if (type === "bytes") writeBytes(view, layout, name, offset, length as number, value);
    else writeScalar(view, layout, name, type, offset, value);
  }
  if (Object.keys(given).length !== layout.fields.length) {
    const unknown = Object.keys(given).find((name) => !layout.fields.some((field) => field[0] === name));
    throw new TypeError(`Cannot encode ${layout.name}: it has no field "${unknown}"`);
  }
  return new Uint8Array(view.buffer);
}

/**
 * The fields of a structure that starts at `start` of `bytes`.
 * @throws RangeError if the bytes are too few, or if a `long` does not fit a number.
 */
export function decodeStruct<const L extends Layout>(layout: L, bytes: Uint8Array, start: number = 0): StructOutput<L> {
  if (start < 0 || start + layout.size > bytes.length)
    throw new RangeError(
      `Cannot decode ${layout.name}: needs ${layout.size} bytes, has ${Math.max(0, bytes.length - start)}`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, layout.size);
  const values: Record<string, unknown> = {};
  for (const [name, type, offset, length] of layout.fields) {
    values[name] =
      type === "bytes"
        ? bytes.slice(start + offset, start + offset + (length as number))
        : readScalar(view, layout, name, type, offset);
  }
  return values as StructOutput<L>;
}

/** Where a field starts, in bytes. */
export function offsetOf<const L extends Layout>(layout: L, name: L["fields"][number][0]): number {
  const field = layout.fields.find((candidate) => candidate[0] === name);
  if (field === undefined) throw new TypeError(`Cannot find an offset in ${layout.name}: it has no field "${name}"`);
  return field[2];
}

function writeBytes(
  view: DataView,
  layout: Layout,
  name: string,
  offset: number,
  length: number,
  value: unknown,
): void {
  if (!(value instanceof Uint8Array))
    throw new TypeError(`Cannot encode ${layout.name}: field "${name}" needs a Uint8Array`);
  if (value.length > length)
    throw new RangeError(`Cannot encode ${layout.name}: field "${name}" holds ${length} bytes, got ${value.length}`);
  new Uint8Array(view.buffer, offset, length).set(value);
}

function writeScalar(
  view: DataView,
  layout: Layout,
  name: string,
  type: ScalarType,
  offset: number,
  value: unknown,
): void {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value))
    throw new TypeError(`Cannot encode ${layout.name}: field "${name}" needs an integer, got ${String(value)}`);
  const integer = value as number | bigint;
  if (integer < lowest[type] || integer > highest[type])
    throw new RangeError(`Cannot encode ${layout.name}: field "${name}" is ${type}, ${integer} does not fit`);
  switch (type) {
    case "u8":
      view.setUint8(offset, Number(integer));
      break;
    case "u16":
      view.setUint16(offset, Number(integer), true);
      break;
    case "i16":
      view.setInt16(offset, Number(integer), true);
      break;
    case "u32":
      view.setUint32(offset, Number(integer), true);
      break;
    case "i32":
      view.setInt32(offset, Number(integer), true);
      break;
    default:
      view.setBigUint64(offset, BigInt.asUintN(64, BigInt(integer)), true);
  }
}

function readScalar(view: DataView, layout: Layout, name: string, type: ScalarType, offset: number): number | bigint {
  switch (type) {
    case "u8":
      return view.getUint8(offset);
    case "u16":
      return view.getUint16(offset, true);
    case "i16":
      return view.getInt16(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u64":
      return view.getBigUint64(offset, true);
    case "i64":
      return view.getBigInt64(offset, true);
    default:
      return toNumber(type === "long" ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true), layout, name);
  }
}

function toNumber(value: bigint, layout: Layout, name: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`Cannot decode ${layout.name}: field "${name}" is ${value}, which a number can not hold`);
  return number;
}
