import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { tryCall } from "../../src/call.ts";
import { OwnedFd, toFd } from "../../src/fd.ts";
import { open, pipe2 } from "../../src/posix/file.ts";
import { O } from "../../src/posix/open-flags.ts";
import { openDescriptors } from "./descriptors.ts";

let before = 0;
beforeAll(() => {
  before = openDescriptors();
});
afterAll(() => {
  expect(openDescriptors()).toBeLessThanOrEqual(before);
});

const isOpen = (fd: number): boolean => tryCall("fcntl", fd, 1) >= 0;

describe("OwnedFd", () => {
  test("is closed at the end of its block by using", () => {
    let number = -1;
    {
      using file = open("/", O.DIRECTORY);
      number = file.fd;
      expect(isOpen(number)).toBe(true);
    }
    expect(isOpen(number)).toBe(false);
  });

  test("does not close a number twice, even when another file has it by then", () => {
    const first = open("/", O.DIRECTORY);
    const number = first.fd;
    first.close();
    using second = open("/", O.DIRECTORY);
    expect(second.fd).toBe(number);
    first.close();
    first[Symbol.dispose]();
    expect(isOpen(second.fd)).toBe(true);
  });

  test("throws when it is used after close", () => {
    const file = open("/", O.DIRECTORY);
    file.close();
    expect(file.closed).toBe(true);
    expect(() => file.fd).toThrow(new TypeError("Cannot use a descriptor: it is closed or was given away"));
    expect(() => file.take()).toThrow(TypeError);
  });

  test("take() gives the number away and leaves it open", () => {
    const file = open("/", O.DIRECTORY);
    const number = file.take();
    file.close();
    expect(isOpen(number)).toBe(true);
    new OwnedFd(number).close();
    expect(isOpen(number)).toBe(false);
  });

  test("says which number somebody else closed", () => {
    const file = open("/", O.DIRECTORY);
    const number = file.fd;
    tryCall("close", number);
    expect(() => file.close()).toThrow(`Cannot close descriptor ${number}: EBADF (Bad file descriptor)`);
  });

  test("is close-on-exec by default", () => {
    using pipe = pipe2();
    for (const end of [pipe.read, pipe.write]) expect(tryCall("fcntl", end.fd, 1)).toBe(1);
  });
});

test.each([-1, Number.NaN, 1.5, 2 ** 31, undefined])("toFd() refuses %p", (value) => {
  expect(() => toFd(value as number)).toThrow(RangeError);
});
