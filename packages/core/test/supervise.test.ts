import { describe, expect, test } from "bun:test";
import { destinationsOf } from "@hutch/core";
import fc from "fast-check";

const addresses = (...connect: string[]): unknown =>
  destinationsOf({ connect }).map(({ address, port }) => [address, port]);

describe("destinationsOf()", () => {
  test("keeps addresses, and gives each name one that belongs to nobody", () => {
    expect(addresses("127.0.0.1:80", "[::1]:443", "A.example:1", "b.example:2", "a.example:3", "localhost:4")).toEqual([
      ["127.0.0.1", 80],
      ["::1", 443],
      ["198.18.0.1", 1],
      ["198.18.0.2", 2],
      ["198.18.0.1", 3],
      ["127.0.0.1", 4],
    ]);
  });

  test("never gives two names one address", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.domain(), { maxLength: 200, selector: (name) => name.toLowerCase() }), (names) => {
        const given = destinationsOf({ connect: names.map((name) => `${name}:1`) });
        expect(new Set(given.map(({ address }) => address)).size).toBe(names.length);
      }),
    );
  });

  for (const wrong of [
    "",
    ":80",
    "a",
    "a:",
    "a:0",
    "a:65536",
    "a:-1",
    "a b:1",
    "1.2.3.4.5:1",
    "1.2.3:1",
    "[::1:1",
    "[x]:1",
    "::1:1",
    "a/b:1",
    "user@a:1",
    "-a:1",
  ])
    test(`refuses ${JSON.stringify(wrong)}`, () => {
      expect(() => destinationsOf({ connect: [wrong] })).toThrow("Cannot use policy.supervise.connect[0]");
    });

  test("refuses more names than there are addresses for", () => {
    expect(() => destinationsOf({ connect: Array.from({ length: 251 }, (_, at) => `a${at}.example:1`) })).toThrow(
      "at most 250 services",
    );
  });
});
