import { expect, test } from "bun:test";
import { CAP, encodeCapabilities } from "../../src/linux/capability.ts";

test("encodeCapabilities() puts capabilities above 31 into the second half", () => {
  const bits = (1n << BigInt(CAP.CHOWN)) | (1n << BigInt(CAP.CHECKPOINT_RESTORE));
  const words = new Uint32Array(encodeCapabilities({ effective: bits, permitted: 1n, inheritable: 1n << 32n }).buffer);
  expect([...words]).toEqual([1, 1, 0, 256, 0, 1]);
});

test("CAP numbers the capabilities from 0 to 40 without gaps", () => {
  expect(Object.values(CAP) as number[]).toEqual(Array.from({ length: 41 }, (_, index) => index));
});
