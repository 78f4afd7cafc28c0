import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  descriptorKind,
  fileKind,
  filePermissions,
  O,
  open,
  pipe2,
  readFolder,
  readLink,
  readText,
  realPath,
  SOCK,
  socketpair,
  toFd,
} from "@hutch/syscall";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "path-"));
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "file"), "text");
  symlinkSync("file", join(folder, "link"));
  symlinkSync("nothing", join(folder, "broken"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("filePermissions", () => {
  test("are those of the file, also through a link", () => {
    chmodSync(join(folder, "file"), 0o640);
    expect(filePermissions(join(folder, "file"))).toBe(0o640);
    expect(filePermissions(join(folder, "link"))).toBe(0o640);
    expect(filePermissions(join(folder, "broken"))).toBeNull();
  });
});

describe("fileKind", () => {
  test.each([
    ["folder", true, "folder"],
    ["file", true, "file"],
    ["link", true, "file"],
    ["link", false, "symlink"],
    ["broken", false, "symlink"],
    ["broken", true, null],
    ["missing", false, null],
    ["file/below", true, null],
  ] as const)("%s, followed: %p", (name, follow, kind) => {
    expect(fileKind(join(folder, name), follow)).toBe(kind);
  });

  test("tells /dev/null from other devices", () => {
    expect(fileKind("/dev/null", false)).toBe("null");
    expect(fileKind("/dev/zero", false)).toBe("other");
  });
});

test("descriptorKind", () => {
  using file = open(join(folder, "file"), O.RDONLY);
  using nothing = open("/dev/null", O.RDONLY);
  using pipe = pipe2();
  using sockets = socketpair(SOCK.STREAM);
  const kinds = [file.fd, nothing.fd, pipe.read.fd, pipe.write.fd, sockets.a.fd, toFd(999_999)].map(descriptorKind);
  expect(kinds).toEqual(["file", "null", "pipe", "pipe", "socket", null]);
});

describe("links", () => {
  test("readLink gives the target as it was written", () => {
    expect(readLink(join(folder, "link"))).toBe("file");
    expect(() => readLink(join(folder, "file"))).toThrow("EINVAL");
  });

  test("realPath has no link in it", () => {
    expect(realPath(join(folder, "link"))).toBe(realpathSync(join(folder, "link")));
    expect(() => realPath(join(folder, "broken"))).toThrow("ENOENT");
  });
});

describe("readText", () => {
  test("reads what has no size, and what needs more than one read", () => {
    expect(readText("/proc/self/cgroup")).toBe(readFileSync("/proc/self/cgroup", "utf8"));
    const long = "ä".repeat(40_000);
    writeFileSync(join(folder, "file"), long);
    expect(readText(join(folder, "file"))).toBe(long);
    expect(readText("/dev/null")).toBe("");
  });

  test("quotes the path of what is not there", () => {
    expect(() => readText(join(folder, "missing"))).toThrow(`"${join(folder, "missing")}": ENOENT`);
    expect(() => readText(folder)).toThrow("EISDIR");
  });
});

describe("readFolder", () => {
  test("lists all entries, also of large folders", () => {
    const many = Array.from({ length: 1000 }, (_, index) => `a-name-of-some-length-${index}`);
    mkdirSync(join(folder, "many"));
    for (const name of many) writeFileSync(join(folder, "many", name), "");
    const names = readFolder(join(folder, "many")).map((entry) => entry.name);
    expect(names.sort()).toEqual(many.sort());
  });

  test("tells folders of the kernel's own file systems from files", () => {
    const listed = readFolder("/proc/self").filter((entry) => entry.folder);
    const expected = readdirSync("/proc/self", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(listed.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort());
    expect(() => readFolder(join(folder, "missing"))).toThrow("ENOENT");
  });
});
