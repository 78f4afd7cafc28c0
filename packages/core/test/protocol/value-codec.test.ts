import { describe, expect, test } from "bun:test";
import { decodeValue, encodeValue, HostError } from "@hutch/core";
import fc from "fast-check";
import { thrownBy } from "./damage.ts";

const typedArrays = fc.oneof(
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
);
const leaves = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    false,
    -0,
    0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 53),
    2 ** 64,
    5e-324,
    23,
    24,
    255,
    256,
  ),
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  typedArrays,
  // Two invalid dates are never equal to toStrictEqual(): they have a test of their own.
  fc.date({ noInvalidDate: true }),
  fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer),
);
const keys = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "constructor", "toString", "length", "0", "", "toJSON", "then"),
);
/** Members of sets and keys of maps: toStrictEqual() finds no objects among them. */
const members = fc.oneof(
  keys,
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, Number.NaN, -0),
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("array"),
    tie("object"),
    tie("map"),
    tie("set"),
  ),
  array: fc.array(tie("value")),
  object: fc.array(fc.tuple(keys, tie("value"))).map((entries) => Object.fromEntries(entries)),
  map: fc.array(fc.tuple(members, tie("value"))).map((entries) => new Map(entries)),
  set: fc.array(members).map((list) => new Set(list)),
}));

function why(value: unknown): string {
  const error = thrownBy(() => encodeValue(value, "args"));
  expect(error).toBeInstanceOf(HostError);
  expect((error as HostError).code).toBe("VALUE_NOT_ENCODABLE");
  return (error as HostError).message;
}

describe("encodeValue()", () => {
  test("and decodeValue() bring back every value that can be carried", () => {
    fc.assert(
      fc.property(values, (value) => expect(decodeValue(encodeValue(value))).toStrictEqual(value)),
      { numRuns: 600 },
    );
  });

  test("carries a date that is none, and leaves it that", () => {
    const [date] = decodeValue(encodeValue([new Date(Number.NaN)])) as [Date];
    expect([date instanceof Date, date.getTime()]).toEqual([true, Number.NaN]);
  });

  test("writes what JSON carries exactly as JSON, and everything else item by item", () => {
    const isJson = (value: unknown): boolean => encodeValue(value).subarray(0, 3).toHex() === "d90106";
    const plain = {
      list: [1, 2.5, "grün", null, true, []],
      "": { __proto__: null },
      ["__proto__"]: 5e-324,
      "1": -1e300,
    };
    for (const value of [null, true, 0, "", [], {}, { ...plain, "": {} }])
      expect([value, isJson(value)]).toEqual([value, true]);
    for (const value of [undefined, -0, Number.NaN, 1n, new Map(), new Uint8Array(1), [undefined], { a: [-0] }])
      expect([value, isJson(value)]).toEqual([value, false]);
    expect(isJson({ toJSON: "a text" })).toBe(false);
    expect(isJson("x".repeat(2 ** 20 - 2))).toBe(false);
    expect(isJson("x".repeat(2 ** 20 - 100))).toBe(true);
  });

  test("calls no toJSON that a prototype was given", () => {
    Object.defineProperty(Object.prototype, "toJSON", { value: () => "called", configurable: true });
    try {
      expect(decodeValue(encodeValue({ list: [1] }))).toStrictEqual({ list: [1] });
    } finally {
      Reflect.deleteProperty(Object.prototype, "toJSON");
    }
  });

  test("keeps objects as members of sets and keys of maps", () => {
    fc.assert(
      fc.property(fc.array(values), (list) => {
        const value = [new Set(list), new Map(list.map((item) => [item, item]))];
        const bytes = encodeValue(value);
        expect(encodeValue(decodeValue(bytes))).toEqual(bytes);
      }),
    );
  });

  test("keeps -0, NaN, bigints apart from numbers, and maps apart from objects", () => {
    const [zero, nan, big, map, object] = decodeValue(
      encodeValue([-0, Number.NaN, 5n, new Map([["a", 1]]), { a: 1 }]),
    ) as unknown[];
    expect(Object.is(zero, -0)).toBe(true);
    expect(nan).toBeNaN();
    expect(big).toBe(5n);
    expect(map).toBeInstanceOf(Map);
    expect(object).toStrictEqual({ a: 1 });
  });

  test("keeps views of shared memory apart: only the view's own bytes travel, and the copy owns its memory", () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    const part = decodeValue(encodeValue(new Uint16Array(whole.buffer, 2, 2))) as Uint16Array;
    expect(part).toEqual(new Uint16Array(new Uint8Array([3, 4, 5, 6]).buffer));
    expect(part.buffer.byteLength).toBe(4);
    const view = decodeValue(encodeValue(new DataView(whole.buffer, 1, 3))) as DataView;
    expect([view.byteLength, view.getUint8(0)]).toEqual([3, 2]);
    expect(decodeValue(encodeValue(Buffer.from("hi")))).toStrictEqual(new Uint8Array([104, 105]));
  });

  test("carries an error with name, message, stack and cause, and revives a plain Error with these alone", () => {
    class Special extends RangeError {
      override readonly name = "Special";
      readonly secret = 1;
    }
    const error = new Special("half \ud800 pair", { cause: { code: 7n } });
    const revived = decodeValue(encodeValue(error)) as Error;
    expect(Object.getPrototypeOf(revived)).toBe(Error.prototype);
    expect(Reflect.ownKeys(revived).sort()).toEqual(["cause", "message", "name", "stack"]);
    expect([revived.name, revived.message, revived.cause]).toEqual(["Special", "half \ufffd pair", { code: 7n }]);
    expect(revived.stack).toBe(error.stack?.toWellFormed() ?? "");
    expect(Reflect.ownKeys(decodeValue(encodeValue(new Error("x"))) as object)).not.toContain("cause");
  });

  test("says where and why a value cannot be carried", () => {
    class Foo {}
    const cases: readonly (readonly [unknown, string])[] = [
      [[{ onDone: () => 1 }], "args[0].onDone: it is a function"],
      [[Symbol.iterator], "args[0]: it is a symbol"],
      [{ "a b": new Foo() }, 'args["a b"]: it is an instance of Foo; send a plain object'],
      [{ re: /x/ }, "args.re: it is an instance of RegExp; send a plain object"],
      [new WeakMap(), "args: it is an instance of WeakMap; send a plain object"],
      [new (class extends Map {})(), "args: it is an instance of a class; send a plain object"],
      [Promise.resolve(1), "args: it is a Promise; await it first"],
      [["\ud800"], "args[0]: it is a text with half a surrogate pair, which UTF-8 cannot carry"],
      [
        {
          get x() {
            throw new Error("called");
          },
        },
        "args.x: it is a getter, and getters are not called",
      ],
      [new Array(2), "args[0]: it is a hole of an array"],
      ["ab".match(/b/), 'args: it is an array with a property "index"'],
      [{ [Symbol("s")]: 1 }, "args: it has a property whose name is a symbol"],
      [new Map([["k", () => 1]]), 'args.get("k"): it is a function'],
      [new Set([() => 1]), "args.values(): it is a function"],
      [new Error("x", { cause: () => 1 }), "args.cause: it is a function"],
      [Object(1), "args: it is an instance of Number; send a plain object"],
      [2n ** 1_048_575n * 2n, "args: it is a bigint of more than 131072 bytes"],
    ];
    for (const [value, message] of cases) expect(why(value)).toBe(`Cannot encode ${message}`);
  });

  test("calls nothing that a value brings along", () => {
    const trap = (): never => {
      throw new Error("called");
    };
    for (const key of ["toJSON", "toCBOR", "valueOf", "constructor"])
      expect(why({ [key]: trap })).toEndWith("it is a function");
    class Trap {
      toJSON = trap;
      toCBOR = trap;
    }
    expect(why(new Trap())).toContain("an instance of Trap");
  });

  test("refuses cycles, deep nesting and too many items before they cost memory", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = [cycle];
    expect(why(cycle)).toBe("Cannot encode args.self[0]: it is part of a cycle");
    expect(why([1, { inside: cycle }])).toBe("Cannot encode args[1].inside.self[0]: it is part of a cycle");
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = [deep];
    expect(decodeValue(encodeValue(deep))).toEqual(deep);
    expect(why([deep])).toContain("it is nested more than 200 deep");
    let doubled: unknown = 1;
    for (let level = 0; level < 60; level += 1) doubled = [doubled, doubled];
    expect(why(doubled)).toMatch(/too many items|more than 1000000 items/);
    expect(why(new Array(1_000_000).fill(0))).toContain("send a typed array or bytes");
  });

  test("refuses memory that was transferred away", () => {
    const bytes = new Uint8Array(8);
    bytes.buffer.transfer();
    expect(why([bytes])).toBe("Cannot encode args[0]: its memory was transferred away");
  });

  test("accepts everything that it can also decode, at the bounds", () => {
    const flat = new Array(999_999).fill(0);
    expect((decodeValue(encodeValue(flat)) as unknown[]).length).toBe(999_999);
    const limit = 2n ** 1_048_575n;
    expect(decodeValue(encodeValue([limit, -limit]))).toEqual([limit, -limit]);
  });

  test("is understood by another process of the same version", async () => {
    const value = {
      list: [1, -0, 2n ** 80n],
      map: new Map<unknown, unknown>([[{ a: 1 }, new Set([new Date(5)])]]),
      bytes: new Float32Array([1.5]),
    };
    const program = `
      import { decodeValue, encodeValue } from "@hutch/core";
      const value = decodeValue(new Uint8Array(await Bun.stdin.arrayBuffer()));
      await Bun.write(Bun.stdout, encodeValue({ value, error: new TypeError("there") }));`;
    const child = Bun.spawn([process.execPath, "--conditions=hutch-source", "-e", program], {
      cwd: import.meta.dir,
      stdin: encodeValue(value),
      stdout: "pipe",
      stderr: "inherit",
      env: { ...process.env, BUN_BE_BUN: "1" },
    });
    const answer = decodeValue(new Uint8Array(await new Response(child.stdout).arrayBuffer())) as {
      value: unknown;
      error: Error;
    };
    expect(await child.exited).toBe(0);
    expect(answer.value).toStrictEqual(value);
    expect([answer.error.name, answer.error.message]).toEqual(["TypeError", "there"]);
  });
});
