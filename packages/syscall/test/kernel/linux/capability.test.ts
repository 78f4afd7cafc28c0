import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { capget, capset } from "../../../src/linux/capability.ts";

test("capget() agrees with /proc, and capset() of the same sets changes nothing", () => {
  const status = readFileSync("/proc/self/status", "utf8");
  const set = (name: string): bigint => BigInt(`0x${status.match(new RegExp(`${name}:\\t([0-9a-f]+)`))?.[1]}`);
  const sets = { effective: set("CapEff"), permitted: set("CapPrm"), inheritable: set("CapInh") };
  expect(capget(null)).toEqual(sets);
  capset(sets);
  expect(capget(null)).toEqual(sets);
});
