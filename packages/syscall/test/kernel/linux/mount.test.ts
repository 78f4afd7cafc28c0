import { expect, test } from "bun:test";
import { FS_MAGIC, fstatfs, MS, mount, ST, statfs, umount2 } from "../../../src/linux/mount.ts";
import { openat2, RESOLVE } from "../../../src/linux/open.ts";
import { open } from "../../../src/posix/file.ts";
import { O } from "../../../src/posix/open-flags.ts";

test("statfs() and fstatfs() tell the file system of a path", () => {
  using proc = open("/proc", O.DIRECTORY);
  expect(statfs("/proc").f_type).toBe(FS_MAGIC.PROC);
  expect(fstatfs(proc.fd).f_type).toBe(FS_MAGIC.PROC);
  expect(statfs("/proc").f_flags & ST.RDONLY).toBe(0);
});

test("mount() and umount2() name the target that they can not use", () => {
  expect(() => mount("none", "/no/such", "tmpfs", MS.NOSUID, null)).toThrow(
    /^Cannot mount "\/no\/such": E(NOENT|PERM)/,
  );
  expect(() => umount2("/no/such", 0)).toThrow(/^Cannot umount2 "\/no\/such": E(NOENT|PERM)/);
});

test("openat2() does not leave the folder that it is held to", () => {
  using folder = open("/proc/self", O.DIRECTORY);
  using inside = openat2(folder.fd, "status", O.RDONLY, 0, RESOLVE.BENEATH);
  expect(inside.fd).toBeGreaterThan(2);
  expect(() => openat2(folder.fd, "../../etc/passwd", O.RDONLY, 0, RESOLVE.BENEATH)).toThrow(
    'Cannot openat2 "../../etc/passwd": EXDEV',
  );
});
