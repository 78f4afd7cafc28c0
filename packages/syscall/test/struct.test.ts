import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeStruct, encodeStruct, type Field, type Layout, offsetOf, type ScalarType } from "../src/struct.ts";

const POINT = {
  name: "point",
  size: 16,
  fields: [
    ["x", "i32", 0],
    ["id", "u64", 8],
  ],
} as const;

describe("encodeStruct()", () => {
  test("writes little-endian at the offsets and leaves padding zero", () => {
    expect([...encodeStruct(POINT, { x: -2, id: 0x0102n })]).toEqual([
      0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0,
    ]);
  });

  test("refuses a missing field by name", () => {
    // @ts-expect-error a field is missing
    expect(() => encodeStruct(POINT, { x: 1 })).toThrow(new TypeError('Cannot encode point: field "id" is missing'));
  });

  test("refuses a field that is undefined, and one that it does not know", () => {
    const absent = undefined as unknown as number;
    expect(() => encodeStruct(POINT, { x: absent, id: 1n })).toThrow('field "x" is missing');
    const extra = { x: 1, id: 1n, y: 2 };
    expect(() => encodeStruct(POINT, extra)).toThrow(new TypeError('Cannot encode point: it has no field "y"'));
  });

  test.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %p, which is no safe integer", (x) => {
    expect(() => encodeStruct(POINT, { x, id: 1n })).toThrow(TypeError);
  });

  test("refuses a value that does not fit its field", () => {
    expect(() => encodeStruct(POINT, { x: 2 ** 31, id: 1n })).toThrow(
      new RangeError('Cannot encode point: field "x" is i32, 2147483648 does not fit'),
    );
    expect(() => encodeStruct(POINT, { x: 0, id: -1 })).toThrow(RangeError);
    expect(() => encodeStruct(POINT, { x: 0, id: 1n << 64n })).toThrow(RangeError);
  });

  test("refuses bytes that are longer than the field", () => {
    const named = { name: "named", size: 4, fields: [["name", "bytes", 0, 4]] } as const;
    expect([...encodeStruct(named, { name: new Uint8Array([7]) })]).toEqual([7, 0, 0, 0]);
    expect(() => encodeStruct(named, { name: new Uint8Array(5) })).toThrow(RangeError);
  });
});

describe("decodeStruct()", () => {
  test("refuses too few bytes and says how many it needs", () => {
    expect(() => decodeStruct(POINT, new Uint8Array(15))).toThrow(
      new RangeError("Cannot decode point: needs 16 bytes, has 15"),
    );
    expect(() => decodeStruct(POINT, new Uint8Array(16), 1)).toThrow(RangeError);
  });

  test("refuses a long that a number can not hold, and gives i64 as a bigint", () => {
    const bytes = new Uint8Array(8).fill(0xff);
    bytes[7] = 0x7f;
    expect(() => decodeStruct({ name: "s", size: 8, fields: [["a", "long", 0]] }, bytes)).toThrow(RangeError);
    expect(decodeStruct({ name: "s", size: 8, fields: [["a", "i64", 0]] }, bytes)).toEqual({ a: 2n ** 63n - 1n });
  });

  test("reads from the middle of a view that starts inside its buffer", () => {
    const outer = new Uint8Array(40);
    outer.set(encodeStruct(POINT, { x: 5, id: 6n }), 20);
    expect(decodeStruct(POINT, outer.subarray(4), 16)).toEqual({ x: 5, id: 6n });
  });
});

test("offsetOf() gives the offset and refuses an unknown field", () => {
  expect(offsetOf(POINT, "id")).toBe(8);
  expect(() => offsetOf(POINT as Layout, "nope")).toThrow(TypeError);
});

const safe = (min: number, max: number) => fc.integer({ min, max });
const values: Record<ScalarType, fc.Arbitrary<number | bigint>> = {
  u8: safe(0, 0xff),
  u16: safe(0, 0xffff),
  u32: safe(0, 0xffff_ffff),
  i16: safe(-0x8000, 0x7fff),
  i32: safe(-0x8000_0000, 0x7fff_ffff),
  long: fc.maxSafeInteger(),
  ulong: fc.maxSafeNat(),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
};

const structs = fc
  .array(fc.constantFrom(...(Object.keys(values) as ScalarType[])), { minLength: 1, maxLength: 12 })
  .chain((types) => {
    const fields = types.map((type, index): Field => [`f${index}`, type, index * 8]);
    const record = Object.fromEntries(types.map((type, index) => [`f${index}`, values[type]]));
    return fc.record({
      layout: fc.constant<Layout>({ name: "any", size: types.length * 8, fields }),
      values: fc.record(record),
    });
  });

test("decodeStruct() gives back what encodeStruct() was given", () => {
  fc.assert(
    fc.property(structs, ({ layout, values }) => {
      const input: Record<string, number | bigint> = { ...values };
      const encoded = encodeStruct(layout, input as never);
      expect(encoded.length).toBe(layout.size);
      expect(decodeStruct(layout, encoded) as unknown).toEqual(input);
    }),
  );
});

test("encodeStruct() refuses every layout with any one field left out", () => {
  fc.assert(
    fc.property(structs, fc.nat(), ({ layout, values }, pick) => {
      const input: Record<string, number | bigint> = { ...values };
      const name = layout.fields[pick % layout.fields.length]?.[0] ?? "";
      delete input[name];
      expect(() => encodeStruct(layout, input as never)).toThrow(`field "${name}" is missing`);
    }),
  );
});

test("decodeStruct() reads any bytes or refuses with a RangeError", () => {
  fc.assert(
    fc.property(structs, fc.uint8Array({ maxLength: 100 }), ({ layout }, bytes) => {
      try {
        decodeStruct(layout, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
