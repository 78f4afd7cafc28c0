// Mounts, roots, and what kind of file system a path is on.
import { checked, tryCall } from "../call.ts";
import { type Fd, OwnedFd, toFd } from "../fd.ts";
import { type Argument, type CText, cString } from "../pointer.ts";
import { quote } from "../quote.ts";
import { decodeStruct, encodeStruct, type StructInput, type StructOutput } from "../struct.ts";
import { MOUNT_ATTR_LAYOUT, STATFS_LAYOUT } from "./structs.ts";

/** Flags of mount(2). A bind mount ignores all others in the first call; set them by REMOUNT | BIND. */
export const MS = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  SYNCHRONOUS: 0x10,
  REMOUNT: 0x20,
  NOSYMFOLLOW: 0x100,
  NOATIME: 0x400,
  NODIRATIME: 0x800,
  BIND: 0x1000,
  MOVE: 0x2000,
  REC: 0x4000,
  SILENT: 0x8000,
  UNBINDABLE: 0x20000,
  PRIVATE: 0x40000,
  SLAVE: 0x80000,
  SHARED: 0x100000,
  RELATIME: 0x200000,
  STRICTATIME: 0x1000000,
} as const;

/** Flags of umount2(2). */
export const MNT = { FORCE: 1, DETACH: 2, EXPIRE: 4 } as const;

/** The flag of umount2(2) that refuses a symbolic link. */
export const UMOUNT_NOFOLLOW: number = 8;

/** Attributes of mount_setattr(2) and fsmount(2). */
export const MOUNT_ATTR = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  RELATIME: 0,
  NOATIME: 0x10,
  STRICTATIME: 0x20,
  NODIRATIME: 0x80,
  IDMAP: 0x100000,
  NOSYMFOLLOW: 0x200000,
} as const;

/** Flags of open_tree(2). */
export const OPEN_TREE = { CLONE: 1, CLOEXEC: 0o2000000 } as const;

/** Flags of move_mount(2). BENEATH SINCE: Linux 6.5. */
export const MOVE_MOUNT = {
  F_SYMLINKS: 0x1,
  F_AUTOMOUNTS: 0x2,
  F_EMPTY_PATH: 0x4,
  T_SYMLINKS: 0x10,
  T_AUTOMOUNTS: 0x20,
  T_EMPTY_PATH: 0x40,
  SET_GROUP: 0x100,
  BENEATH: 0x200,
} as const;

/** Commands of fsconfig(2). CMD_CREATE_EXCL SINCE: Linux 6.6. */
export const FSCONFIG = {
  SET_FLAG: 0,
  SET_STRING: 1,
  SET_BINARY: 2,
  SET_PATH: 3,
  SET_PATH_EMPTY: 4,
  SET_FD: 5,
  CMD_CREATE: 6,
  CMD_RECONFIGURE: 7,
  CMD_CREATE_EXCL: 8,
} as const;

/** f_flags of statfs(2). */
export const ST = {
  RDONLY: 0x1,
  NOSUID: 0x2,
  NODEV: 0x4,
  NOEXEC: 0x8,
  NOATIME: 0x400,
  NODIRATIME: 0x800,
  RELATIME: 0x1000,
} as const;

/** f_type of statfs(2) for the file systems that a sandbox meets. */
export const FS_MAGIC = {
  TMPFS: 0x01021994,
  RAMFS: 0x858458f6,
  PROC: 0x9fa0,
  SYSFS: 0x62656572,
  CGROUP: 0x27e0eb,
  CGROUP2: 0x63677270,
  OVERLAYFS: 0x794c7630,
  EXT4: 0xef53,
  XFS: 0x58465342,
  BTRFS: 0x9123683e,
  SQUASHFS: 0x73717368,
  FUSE: 0x65735546,
  NFS: 0x6969,
  NSFS: 0x6e736673,
} as const;

const FSOPEN_CLOEXEC = 1;
const FSMOUNT_CLOEXEC = 1;

function optional(text: CText | null): Uint8Array | null {
  return text === null ? null : cString(text);
}

/** mount(2). Null stands for an argument that the operation does not use. */
export function mount(
  source: CText | null,
  target: CText,
  fileSystem: CText | null,
  flags: number,
  data: CText | null,
): void {
  checked(
    "mount",
    tryCall("mount", optional(source), cString(target), optional(fileSystem), flags, optional(data)),
    quote(target),
  );
}

/** umount2(2). */
export function umount2(target: CText, flags: number): void {
  checked("umount2", tryCall("umount2", cString(target), flags), quote(target));
}

/** pivot_root(2). With "." for both the old root is stacked on the new one, to be detached by umount2("."). */
export function pivotRoot(newRoot: CText, oldRoot: CText): void {
  checked("pivot_root", tryCall("pivot_root", cString(newRoot), cString(oldRoot)), quote(newRoot));
}

/** mount_setattr(2). `flags` may be AT.EMPTY_PATH and AT.RECURSIVE. SINCE: Linux 5.12. */
export function mountSetattr(
  at: Fd,
  path: CText,
  flags: number,
  attributes: StructInput<typeof MOUNT_ATTR_LAYOUT>,
): void {
  const bytes = encodeStruct(MOUNT_ATTR_LAYOUT, attributes);
  checked("mount_setattr", tryCall("mount_setattr", at, cString(path), flags, bytes, bytes.byteLength), quote(path));
}

/** open_tree(2), close-on-exec: a mount as a descriptor, detached with OPEN_TREE.CLONE. SINCE: Linux 5.2. */
export function openTree(at: Fd, path: CText, flags: number): OwnedFd {
  const result = tryCall("open_tree", at, cString(path), flags | OPEN_TREE.CLOEXEC);
  return new OwnedFd(toFd(checked("open_tree", result, quote(path))));
}

/** move_mount(2). SINCE: Linux 5.2. */
export function moveMount(from: Fd, fromPath: CText, to: Fd, toPath: CText, flags: number): void {
  checked("move_mount", tryCall("move_mount", from, cString(fromPath), to, cString(toPath), flags), quote(toPath));
}

/** fsopen(2), close-on-exec: begins a new file system, such as "tmpfs". SINCE: Linux 5.2. */
export function fsopen(fileSystem: CText): OwnedFd {
  const result = tryCall("fsopen", cString(fileSystem), FSOPEN_CLOEXEC);
  return new OwnedFd(toFd(checked("fsopen", result, quote(fileSystem))));
}

/** fsconfig(2). SINCE: Linux 5.2. */
export function fsconfig(context: Fd, command: number, key: CText | null, value: Argument, auxiliary: number): void {
  checked(
    "fsconfig",
    tryCall("fsconfig", context, command, optional(key), value, auxiliary),
    key === null ? undefined : quote(key),
  );
}

/** fsmount(2), close-on-exec: the mount that fsconfig described, not attached yet. SINCE: Linux 5.2. */
export function fsmount(context: Fd, attributes: number): OwnedFd {
  return new OwnedFd(toFd(checked("fsmount", tryCall("fsmount", context, FSMOUNT_CLOEXEC, attributes))));
}

/** statfs(2). */
export function statfs(path: CText): StructOutput<typeof STATFS_LAYOUT> {
  const bytes = new Uint8Array(STATFS_LAYOUT.size);
  checked("statfs", tryCall("statfs", cString(path), bytes), quote(path));
  return decodeStruct(STATFS_LAYOUT, bytes);
}

/** fstatfs(2). */
export function fstatfs(fd: Fd): StructOutput<typeof STATFS_LAYOUT> {
  const bytes = new Uint8Array(STATFS_LAYOUT.size);
  checked("fstatfs", tryCall("fstatfs", fd, bytes));
  return decodeStruct(STATFS_LAYOUT, bytes);
}
