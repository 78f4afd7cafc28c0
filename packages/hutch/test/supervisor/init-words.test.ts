import { expect, test } from "bun:test";
import fc from "fast-check";
import { InitWords } from "../../src/supervisor/init-words.ts";

const WORD_BYTES = 80;
type Said = { readonly call: number } | { readonly token: number; readonly bytes: Uint8Array | null };

/** struct notification of native/init.c, and what follows a copy. */
function encode(said: Said): Uint8Array {
  const head = new Uint8Array(WORD_BYTES);
  const view = new DataView(head.buffer);
  if ("call" in said) {
    view.setBigUint64(0, 7n, true);
    view.setInt32(16, said.call, true);
    return head;
  }
  view.setBigUint64(0, BigInt(said.token), true);
  view.setInt32(16, -1, true);
  view.setBigInt64(24, BigInt(said.bytes?.byteLength ?? -14), true);
  return Buffer.concat([head, said.bytes ?? new Uint8Array()]);
}

const words: fc.Arbitrary<Said[]> = fc.array(
  fc.oneof(
    fc.record({ call: fc.nat(500) }),
    fc.record({ token: fc.nat(1000), bytes: fc.option(fc.uint8Array({ maxLength: 300 })) }),
  ),
  { maxLength: 8 },
);

test("what init says means the same however the socket cuts it", () => {
  fc.assert(
    fc.property(words, fc.array(fc.nat(700), { maxLength: 12 }), (said, cuts) => {
      const all = Buffer.concat(said.map(encode));
      const at = [0, ...cuts.map((cut) => cut % (all.byteLength + 1)).sort((a, b) => a - b), all.byteLength];
      const heard = new InitWords();
      const got = at.slice(1).flatMap((end, index) => [...heard.add(all.subarray(at[index], end))]);
      const plain = got.map(
        (word): Said =>
          word.kind === "call"
            ? { call: word.notification.number }
            : { token: word.token, bytes: word.bytes === null ? null : new Uint8Array(word.bytes) },
      );
      expect(plain).toEqual(said);
    }),
  );
});
