import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { SyscallError } from "../../../src/errno.ts";
import {
  dup,
  dup3,
  F,
  FD_CLOEXEC,
  fcntl,
  ftruncate,
  lseek,
  mkdir,
  open,
  openat,
  pipe2,
  pread,
  read,
  rmdir,
  SEEK,
  symlink,
  tryRead,
  unlink,
  write,
  writeAll,
} from "../../../src/posix/file.ts";
import { O } from "../../../src/posix/open-flags.ts";
import { openDescriptors } from "../descriptors.ts";

const EAGAIN = 11;
let folder = "";
let before = 0;
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/hutch-file-`);
  before = openDescriptors();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  expect(openDescriptors()).toBeLessThanOrEqual(before);
});

describe("open()", () => {
  test("of a missing path names the call, the path and ENOENT", () => {
    try {
      open("/no/such/file", O.RDONLY);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SyscallError);
      expect(error).toMatchObject({
        call: "openat",
        errno: 2,
        code: "ENOENT",
        message: 'Cannot openat "/no/such/file": ENOENT (No such file or directory)',
      });
    }
  });

  test("refuses a NUL byte in the path before any call", () => {
    expect(() => open("/etc/passwd\0.txt", O.RDONLY)).toThrow(
      new TypeError('Cannot make a C string of "/etc/passwd\\u0000.txt": it holds a NUL byte'),
    );
  });

  test("quotes control characters of a path", () => {
    expect(() => open("/no\n/such", O.RDONLY)).toThrow('Cannot openat "/no\\n/such": ENOENT');
  });
});

test("openat() creates, write() and pread() carry bytes, ftruncate() and lseek() move", () => {
  using at = open(folder, O.DIRECTORY);
  {
    using file = openat(at.fd, "note", O.CREAT | O.EXCL | O.RDWR, 0o600);
    writeAll(file.fd, Buffer.from("hello, file"));
    const bytes = new Uint8Array(4);
    expect(pread(file.fd, bytes, 7)).toBe(4);
    expect(Buffer.from(bytes).toString()).toBe("file");
    ftruncate(file.fd, 5);
    expect(lseek(file.fd, 0, SEEK.END)).toBe(5);
  }
  expect(readFileSync(`${folder}/note`, "utf8")).toBe("hello");
  symlink("note", "link", at.fd);
  expect(() => openat(at.fd, "link", O.NOFOLLOW)).toThrow("ELOOP");
  unlink("link", at.fd);
  unlink("note", at.fd);
});

test("mkdir() and rmdir() make and remove a folder, and name it when they can not", () => {
  mkdir(`${folder}/inner`, 0o700);
  expect(() => mkdir(`${folder}/inner`, 0o700)).toThrow(`Cannot mkdirat "${folder}/inner": EEXIST (File exists)`);
  rmdir(`${folder}/inner`);
  expect(() => rmdir(`${folder}/inner`)).toThrow("ENOENT");
});

describe("pipe2()", () => {
  test("carries bytes and ends when the writer is closed", () => {
    using pipe = pipe2();
    expect(write(pipe.write.fd, Buffer.from("abc"))).toBe(3);
    const bytes = new Uint8Array(8);
    expect(read(pipe.read.fd, bytes)).toBe(3);
    pipe.write.close();
    expect(read(pipe.read.fd, bytes)).toBe(0);
  });

  test("tells EAGAIN without throwing on a non-blocking end", () => {
    using pipe = pipe2(O.NONBLOCK);
    expect(tryRead(pipe.read.fd, new Uint8Array(1))).toBe(-EAGAIN);
    expect(() => read(pipe.read.fd, new Uint8Array(1))).toThrow("Cannot read: EAGAIN");
  });

  test("reads nothing into an empty view", () => {
    using pipe = pipe2();
    write(pipe.write.fd, Buffer.from("a"));
    expect(read(pipe.read.fd, new Uint8Array(0))).toBe(0);
  });
});

test("dup() is close-on-exec at or above the lowest number, and dup3() replaces", () => {
  using pipe = pipe2();
  using copy = dup(pipe.read.fd, 200);
  expect(copy.fd).toBeGreaterThanOrEqual(200);
  expect(fcntl(copy.fd, F.GETFD)).toBe(FD_CLOEXEC);
  dup3(pipe.write.fd, copy.fd, O.CLOEXEC);
  write(copy.fd, Buffer.from("x"));
  expect(read(pipe.read.fd, new Uint8Array(4))).toBe(1);
});
