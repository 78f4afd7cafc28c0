import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CLD, decodeChildCode, decodeWaitStatus } from "../../src/posix/wait-status.ts";

describe("decodeWaitStatus()", () => {
  test("tells exits, signals, core dumps, stops and continues apart", () => {
    expect(decodeWaitStatus(0)).toEqual({ kind: "exited", code: 0 });
    expect(decodeWaitStatus(0x2a00)).toEqual({ kind: "exited", code: 42 });
    expect(decodeWaitStatus(9)).toEqual({ kind: "signaled", signal: 9, coreDumped: false });
    expect(decodeWaitStatus(0x80 | 11)).toEqual({ kind: "signaled", signal: 11, coreDumped: true });
    expect(decodeWaitStatus(0x137f)).toEqual({ kind: "stopped", signal: 19 });
    expect(decodeWaitStatus(0xffff)).toEqual({ kind: "continued" });
  });

  test("refuses numbers that are no wait status", () => {
    for (const status of [-1, 1.5, Number.NaN, 2 ** 31]) expect(() => decodeWaitStatus(status)).toThrow(RangeError);
  });

  test("agrees with waitid's code and status for every exit and signal", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        (code, signal, dumped) => {
          expect(decodeWaitStatus(code << 8)).toEqual(decodeChildCode(CLD.EXITED, code));
          expect(decodeWaitStatus(signal | (dumped ? 0x80 : 0))).toEqual(
            decodeChildCode(dumped ? CLD.DUMPED : CLD.KILLED, signal),
          );
        },
      ),
    );
  });
});

test("decodeChildCode() refuses a code that is not SIGCHLD's", () => {
  expect(() => decodeChildCode(0, 0)).toThrow(RangeError);
});
