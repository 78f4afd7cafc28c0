import { expect, test } from "bun:test";
import fc from "fast-check";
import { printableJson, printableLine, printableText } from "../../src/report/printable.ts";

test("printableText() shows what a terminal would act upon", () => {
  expect(printableText("a\u001b[2J\u009b31m\r\b\u202e\u200bé\n\tend")).toBe(
    "a\\x1b[2J\\x9b31m\\r\\x08\\u202e\\u200bé\n\tend",
  );
});

test("printableLine() stays on one line and leaves ordinary text alone", () => {
  expect(printableLine("one\ntwo\tthree")).toBe("one\\ntwo\\tthree");
  expect(printableLine("Überraschung 日本 👍")).toBe("Überraschung 日本 👍");
});

test("printableLine() never lets a control character through", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(/\p{Cc}/u.test(printableLine(text))).toBe(false);
    }),
  );
});

test("printableJson() is the same value, without what a terminal would act upon", () => {
  expect(printableJson(JSON.stringify("a\u001b\u009b31m\u202e\u2028é👍"))).toBe(
    '"a\\u001b\\u009b31m\\u202e\\u2028é👍"',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value, null, 2);
      expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json));
      expect(/[^\P{Cc}\n]/u.test(printableJson(json))).toBe(false);
    }),
  );
});
