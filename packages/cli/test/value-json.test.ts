import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonToValue, valueToJson } from "../src/value-json.ts";

const trip = (value: unknown): unknown => jsonToValue(JSON.parse(JSON.stringify(valueToJson(value))));

describe("valueToJson and jsonToValue", () => {
  test.each([
    [{ a: [1, "two", null, true] }, { a: [1, "two", null, true] }],
    [undefined, { $undefined: true }],
    [12n, { $bigint: "12" }],
    [Number.NaN, { $number: "NaN" }],
    [-0, { $number: "-0" }],
    [new Uint8Array([1, 2, 3]), { $bytes: "AQID" }],
    [new Uint8Array([1, 2]).buffer, { $bytes: "AQI=" }],
    [new Float32Array([1, Number.NaN]), { $array: ["Float32Array", [1, { $number: "NaN" }]] }],
    [new BigInt64Array([1n]), { $array: ["BigInt64Array", [{ $bigint: "1" }]] }],
    [new Date(0), { $date: "1970-01-01T00:00:00.000Z" }],
    [new Date(Number.NaN), { $date: "invalid" }],
    [new Map([[1, { b: 2n }]]), { $map: [[1, { b: { $bigint: "2" } }]] }],
    [new Set(["a"]), { $set: ["a"] }],
    [new RangeError("far"), { $error: { name: "RangeError", message: "far" } }],
    [{ $bytes: "mine" }, { $$bytes: "mine" }],
    [{ $$bytes: "mine" }, { $$$bytes: "mine" }],
    [{ $ref: "mine" }, { $ref: "mine" }],
    [
      { $bytes: "mine", more: 1 },
      { $bytes: "mine", more: 1 },
    ],
  ])("writes %p", (value, json) => {
    expect(JSON.parse(JSON.stringify(valueToJson(value)))).toEqual(json as never);
  });

  test("keeps every value through JSON", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
      fc.float32Array(),
    );
    const key = fc.oneof(fc.string(), fc.constantFrom("$bytes", "$$map", "$date", "__proto__", "constructor"));
    // Two keys that look the same are different keys, and toEqual() cannot tell which is which: only plain ones here.
    const named = fc.oneof(fc.string(), fc.bigInt(), fc.boolean());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie("value")), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
        fc.array(fc.tuple(named, tie("value")), { maxLength: 2 }).map((entries) => new Map(entries)),
        fc.array(named, { maxLength: 2 }).map((items) => new Set(items)),
      ),
    }));
    fc.assert(fc.property(value, (given) => expect(trip(given)).toEqual(given as never)));
  });

  test("refuses what a job value cannot be", () => {
    expect(() => valueToJson(() => 1)).toThrow("it holds a function");
    expect(() => valueToJson(new (class Thing {})())).toThrow("class Thing");
  });

  test.each([
    '{"$bigint": 1}',
    '{"$bigint": "1.5"}',
    '{"$number": "1"}',
    '{"$bytes": "?"}',
    '{"$bytes": "AQ"}',
    '{"$array": ["Array", []]}',
    '{"$array": ["Int8Array", ["x"]]}',
    '{"$array": ["BigInt64Array", [1]]}',
    '{"$date": "tomorrow"}',
    '{"$map": [[1]]}',
    '{"$set": 1}',
    '{"$undefined": false}',
    '{"$error": {"name": 1}}',
    '{"$error": null}',
  ])("jsonToValue refuses %s", (json) => {
    expect(() => jsonToValue(JSON.parse(json))).toThrow(/^Cannot use \{"\$/);
  });
});
