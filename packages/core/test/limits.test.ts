import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS, type Limits, parseLimits } from "@hutch/core";
import fc from "fast-check";

const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];

describe("parseLimits()", () => {
  test("fills in what is left out", () => {
    expect(parseLimits()).toEqual(DEFAULT_LIMITS);
    expect(parseLimits({ memoryBytes: 2 ** 30 })).toEqual({ ...DEFAULT_LIMITS, memoryBytes: 2 ** 30 });
  });

  test("makes the wall limit four times the CPU limit unless it is given", () => {
    expect(parseLimits({ cpuMs: 500 }).wallMs).toBe(2000);
    expect(parseLimits({ cpuMs: 500, wallMs: 700 }).wallMs).toBe(700);
    expect(parseLimits({ cpuMs: 86_400_000 }).wallMs).toBe(345_600_000);
    expect(parseLimits({}, { ...DEFAULT_LIMITS, wallMs: 123 }).wallMs).toBe(123);
  });

  test("gives limits that it accepts again", () => {
    const given = fc.record(
      {
        cpuMs: fc.integer({ min: 1, max: 86_400_000 }),
        processes: fc.integer({ min: 1, max: 1_000_000 }),
        outputBytes: fc.nat(),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(given, (limits) => expect(parseLimits(parseLimits(limits))).toEqual(parseLimits(limits))));
  });

  test.each(names)("names %s, the value and what is expected for a value that is none", (name) => {
    const refused = (value: unknown, kind: typeof TypeError | typeof RangeError, shown: string): void => {
      const call = (): Limits => parseLimits({ [name]: value });
      expect(call).toThrow(kind);
      expect(call).toThrow(`Cannot use limits.${name} = ${shown}: expected a whole number of `);
    };
    for (const [value, shown] of [
      ["1s", '"1s"'],
      ["", '""'],
      [null, "null"],
      [Number.NaN, "NaN"],
      [5n, "5n"],
      [true, "true"],
      [[1], "an array"],
      [{}, "an object"],
      [undefined, "undefined"],
    ] as const) {
      refused(value, TypeError, shown);
    }
    for (const value of [-1, 1.5, Infinity, -Infinity, 2 ** 53, Number.MIN_VALUE])
      refused(value, RangeError, String(value));
  });

  test.each(names.filter((name) => !["outputBytes", "fileSizeBytes", "inflatedBytes"].includes(name)))(
    "refuses 0 for %s",
    (name) => {
      expect(() => parseLimits({ [name]: 0 })).toThrow(`Cannot use limits.${name} = 0: expected a whole number of `);
    },
  );

  test("refuses a key that is not known, also one of Object's own", () => {
    const cases = {
      cpu: '; did you mean "cpuMs"?',
      cpums: '; did you mean "cpuMs"?',
      "": "",
      constructor: "",
      toString: "",
    };
    for (const [key, hint] of Object.entries(cases)) {
      expect(() => parseLimits({ [key]: 1 })).toThrow(
        new TypeError(`Cannot use option "limits.${key}": it is not known${hint}`),
      );
    }
  });

  test("refuses what is no object", () => {
    for (const given of [null, 1, "cpuMs=1", true, [], [1], () => 1])
      expect(() => parseLimits(given)).toThrow(TypeError);
    expect(() => parseLimits(null)).toThrow("Cannot use limits = null: expected an object");
    expect(() => parseLimits([])).toThrow("Cannot use limits = an array: expected an object");
  });

  test("gives limits or a TypeError or RangeError that names them for anything", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...names), fc.anything())), (given) => {
        try {
          parseLimits(given);
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
          expect(error.message).toStartWith("Cannot use ");
          expect(error.message).toContain("limits");
        }
      }),
      { numRuns: 500 },
    );
  });
});
