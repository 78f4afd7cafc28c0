import { describe, expect, test } from "bun:test";
import { call, rawCall, tryCall } from "../../src/call.ts";
import { SyscallError } from "../../src/errno.ts";
import { syscallNumber } from "../../src/linux/numbers.ts";
import { cString } from "../../src/pointer.ts";

const EBADF = 9;
const ENOENT = 2;
const EINVAL = 22;

describe("tryCall()", () => {
  test("gives the right errno for 100,000 failing calls in turn", () => {
    const missing = cString("/no/such/file");
    let wrong = 0;
    for (let i = 0; i < 50_000; i++) {
      if (tryCall("close", -1) !== -EBADF) wrong++;
      if (tryCall("openat", -100, missing, 0) !== -ENOENT) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test("gives the right errno while collections run", () => {
    let wrong = 0;
    for (let i = 0; i < 200; i++) {
      const garbage = Array.from({ length: 1000 }, (_, index) => ({ index }));
      if (i % 10 === 0) Bun.gc(true);
      if (tryCall("epoll_create1", garbage.length) !== -EINVAL) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test("keeps buffers in place: 20,000 fresh ones are each filled", () => {
    let wrong = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = new Uint8Array(16);
      if (tryCall("getrandom", bytes, 16, 0) !== 16 || bytes.every((byte) => byte === 0)) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

test("call() throws an error that names the call", () => {
  expect(() => call("close", -1)).toThrow(new SyscallError("close", EBADF));
  expect(() => call("close", -1)).toThrow("Cannot close: EBADF (Bad file descriptor)");
});

test("call() refuses arguments that would turn into other numbers", () => {
  expect(() => call("close", Number.NaN)).toThrow(TypeError);
  expect(() => call("close", undefined as unknown as number, "0" as unknown as number)).toThrow(TypeError);
});

test("rawCall() reports a number that no kernel has as ENOSYS", () => {
  expect(rawCall(100_000)).toBe(-38);
  expect(rawCall(syscallNumber("getpid"))).toBe(process.pid);
});
