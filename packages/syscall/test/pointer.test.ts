import { toArrayBuffer } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Arena, cString, toWord, unpin } from "../src/pointer.ts";

const bytesAt = (address: number, length: number): Uint8Array =>
  new Uint8Array(toArrayBuffer(address as never, 0, length));

describe("cString()", () => {
  test("ends with NUL and encodes UTF-8", () => {
    expect([...cString("ä")]).toEqual([0xc3, 0xa4, 0]);
    expect([...cString(new Uint8Array([0xff]))]).toEqual([0xff, 0]);
  });

  test("refuses a NUL byte and says so", () => {
    expect(() => cString("/etc\0/x")).toThrow(
      new TypeError('Cannot make a C string of "/etc\\u0000/x": it holds a NUL byte'),
    );
    expect(() => cString(new Uint8Array([1, 0, 2]))).toThrow(
      new TypeError("Cannot make a C string of 3 bytes: they hold a NUL byte"),
    );
  });

  test("refuses a lone surrogate, which would become another name", () => {
    expect(() => cString("a\ud800")).toThrow(TypeError);
  });
});

describe("toWord()", () => {
  test.each([Number.NaN, 0.5, 2 ** 53, undefined, true, "1", {}])("refuses %p", (value) => {
    expect(() => toWord(value as never)).toThrow(TypeError);
  });

  test("wraps a bigint to 64 bits and gives null and empty views address 0", () => {
    expect([toWord(-1), toWord(0xffff_ffff_ffff_ffffn), toWord(null), toWord(new Uint8Array(0))]).toEqual([
      -1,
      -1n,
      0,
      0,
    ]);
    unpin();
  });
});

describe("Arena", () => {
  test("keeps strings in place while it grows over many chunks", () => {
    using arena = new Arena();
    const texts = Array.from({ length: 2000 }, (_, index) => `text number ${index} ${"x".repeat(index % 50)}`);
    const addresses = texts.map((text) => arena.cString(text));
    Bun.gc(true);
    texts.forEach((text, index) => {
      const expected = cString(text);
      expect(Buffer.compare(bytesAt(addresses[index] as number, expected.length), expected)).toBe(0);
    });
  });

  test("cStrings() ends with a null pointer and points at each text", () => {
    using arena = new Arena();
    const table = new BigUint64Array(toArrayBuffer(arena.cStrings(["a", "bc"]) as never, 0, 24));
    expect(table[2]).toBe(0n);
    expect([...bytesAt(Number(table[1]), 3)]).toEqual([...Buffer.from("bc\0")]);
  });

  test("aligns everything to eight and copies bytes", () => {
    using arena = new Arena();
    arena.cString("abc");
    const source = new Uint8Array([1, 2, 3]);
    const address = arena.bytes(source);
    source.fill(9);
    expect(address % 8).toBe(0);
    expect([...bytesAt(address, 3)]).toEqual([1, 2, 3]);
    expect(arena.bytes(new Uint8Array(0))).toBe(0);
  });

  test("refuses to be used once disposed", () => {
    const arena = new Arena();
    arena[Symbol.dispose]();
    arena[Symbol.dispose]();
    expect(() => arena.cString("late")).toThrow(new TypeError("Cannot use an arena: it is disposed"));
  });

  test("copies any text without NUL exactly", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        fc.pre(!text.includes("\0") && text.isWellFormed());
        using arena = new Arena();
        const expected = cString(text);
        expect(Buffer.compare(bytesAt(arena.cString(text), expected.length), expected)).toBe(0);
      }),
    );
  });
});
