// Damaged copies of valid bytes, for the property tests of every decoder.
import fc from "fast-check";

export type Damage = (bytes: Uint8Array) => Uint8Array;

export const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.nat().map(
    (at): Damage =>
      (bytes) =>
        bytes.subarray(0, bytes.byteLength === 0 ? 0 : at % bytes.byteLength),
  ),
  fc.tuple(fc.nat(), fc.nat(7)).map(
    ([at, bit]): Damage =>
      (bytes) => {
        const copy = bytes.slice();
        const index = at % Math.max(1, copy.byteLength);
        copy[index] = (copy[index] ?? 0) ^ (1 << bit);
        return copy;
      },
  ),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map(
    (extra): Damage =>
      (bytes) =>
        Uint8Array.of(...bytes, ...extra),
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 })).map(
    ([at, patch]): Damage =>
      (bytes) => {
        const copy = bytes.slice();
        patch.forEach((byte, index) => {
          const target = (at + index) % Math.max(1, copy.byteLength);
          if (target < copy.byteLength) copy[target] = byte;
        });
        return copy;
      },
  ),
);

/** The error that the call throws; a failure when it throws none. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, and none was thrown");
}
