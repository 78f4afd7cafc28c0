// Looks at files by their paths. Loading node:fs takes as long as a whole job, so a short run asks the kernel itself.
// Paths are absolute or relative to the current folder. Errors quote the path.
import { checked, tryCall, tryCallRestarting } from "../call.ts";
import { SyscallError } from "../errno.ts";
import { AT_FDCWD, type Fd } from "../fd.ts";
import { type CText, cString } from "../pointer.ts";
import { quote } from "../quote.ts";
import { AT, open, read } from "./file.ts";
import { O } from "./open-flags.ts";

/** `null`: /dev/null, which is device 1:3 on every Linux. */
export type FileKind = "file" | "folder" | "symlink" | "pipe" | "socket" | "null" | "other";

/** struct statx is the same everywhere, unlike struct stat (statx(2)). SINCE: Linux 4.11. */
const STATX_BYTES = 256;
const STATX_TYPE = 1;
const STATX_MODE = 2;
const STX_MODE_OFFSET = 28;
const MODE_KIND = 0o170000;
const CHARACTER_DEVICE = 0o020000;
const STX_RDEV_OFFSET = 128;
const STATX_INO = 0x100;
/** Inode in two words, then the device as major and minor number; each of four bytes. */
const IDENTITY_OFFSETS = [32, 36, 136, 140] as const;
const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [0o100000, "file"],
  [0o040000, "folder"],
  [0o120000, "symlink"],
  [0o010000, "pipe"],
  [0o140000, "socket"],
]);

const ENOENT = 2;
const EBADF = 9;
const ENOTDIR = 20;

/**
 * What is at a path; null where nothing is.
 * @param follow whether a link is looked through
 * @throws SyscallError for a path that cannot be looked at
 */
export function fileKind(path: CText, follow: boolean): FileKind | null {
  const facts = new Uint8Array(STATX_BYTES);
  const flags = follow ? 0 : AT.SYMLINK_NOFOLLOW;
  const result = tryCall("statx", AT_FDCWD, cString(path), flags, STATX_TYPE, facts);
  if (result === -ENOENT || result === -ENOTDIR) return null;
  checked("statx", result, quote(path));
  return kindOf(facts);
}

/** Permission bits of what is at a path, links looked through; null where nothing is. @throws SyscallError as fileKind() */
export function filePermissions(path: CText): number | null {
  const facts = new Uint8Array(STATX_BYTES);
  const result = tryCall("statx", AT_FDCWD, cString(path), 0, STATX_MODE, facts);
  if (result === -ENOENT || result === -ENOTDIR) return null;
  checked("statx", result, quote(path));
  return new DataView(facts.buffer).getUint16(STX_MODE_OFFSET, true) & ~MODE_KIND;
}

/** What a descriptor is open on; null for a number that is none. */
export function descriptorKind(fd: Fd): FileKind | null {
  const facts = new Uint8Array(STATX_BYTES);
  const result = tryCall("statx", fd, cString(""), AT.EMPTY_PATH, STATX_TYPE, facts);
  if (result === -EBADF) return null;
  checked("statx", result, `descriptor ${fd}`);
  return kindOf(facts);
}

/**
 * statx(2) arguments with which a plan asks what a descriptor is open on, and where in `facts` the words of fileIdentity() are.
 * SINCE: Linux 4.11.
 */
export const IDENTITY: {
  readonly mask: number;
  readonly factsBytes: number;
  readonly offsets: readonly number[];
} = { mask: STATX_INO, factsBytes: STATX_BYTES, offsets: IDENTITY_OFFSETS };

/** Which file a descriptor is open on: inode and device, as four words of the machine's byte order. */
export function fileIdentity(fd: Fd): readonly number[] {
  const facts = new Uint8Array(STATX_BYTES);
  checked("statx", tryCall("statx", fd, cString(""), AT.EMPTY_PATH, STATX_INO, facts), `descriptor ${fd}`);
  const view = new DataView(facts.buffer);
  return IDENTITY_OFFSETS.map((offset) => view.getUint32(offset, true));
}

function kindOf(facts: Uint8Array): FileKind {
  const view = new DataView(facts.buffer);
  const kind = view.getUint16(STX_MODE_OFFSET, true) & MODE_KIND;
  const [major, minor] = [view.getUint32(STX_RDEV_OFFSET, true), view.getUint32(STX_RDEV_OFFSET + 4, true)];
  if (kind === CHARACTER_DEVICE && major === 1 && minor === 3) return "null";
  return KINDS.get(kind) ?? "other";
}

const PATH_BYTES = 4096;
const decoder = new TextDecoder();

/** What a link points at. @throws SyscallError EINVAL for what is no link */
export function readLink(path: CText): string {
  const bytes = new Uint8Array(PATH_BYTES);
  const length = tryCall("readlinkat", AT_FDCWD, cString(path), bytes, PATH_BYTES);
  return decoder.decode(bytes.subarray(0, checked("readlinkat", length, quote(path))));
}

/** The same file by a path without links. @throws SyscallError where nothing is */
export function realPath(path: CText): string {
  using file = open(path, O.PATH);
  return readLink(`/proc/self/fd/${file.fd}`);
}

const CHUNK_BYTES = 16 * 1024;
/** One for all calls: with one for each, a short run would make so much garbage that it is collected. */
let chunk: Uint8Array<ArrayBuffer> | undefined;

/** All of a file as UTF-8 text. Also of /proc, where a file does not know its size. */
export function readText(path: CText): string {
  chunk ??= new Uint8Array(new ArrayBuffer(CHUNK_BYTES));
  using file = open(path, O.RDONLY);
  const parts: Uint8Array[] = [];
  for (let length = read(file.fd, chunk); length > 0; length = read(file.fd, chunk)) parts.push(chunk.slice(0, length));
  return decoder.decode(Buffer.concat(parts));
}

export interface FolderEntry {
  readonly name: string;
  /** False also where the file system does not say, which those of the kernel (/proc, cgroups) always do. */
  readonly folder: boolean;
}

/** struct linux_dirent64: inode, offset, then these (getdents64(2)). */
const RECORD_LENGTH_OFFSET = 16;
const RECORD_TYPE_OFFSET = 18;
const RECORD_NAME_OFFSET = 19;
const DT_DIR = 4;

/** What is in a folder, without "." and "..". */
export function readFolder(path: CText): FolderEntry[] {
  using folder = open(path, O.RDONLY | O.DIRECTORY);
  const entries: FolderEntry[] = [];
  chunk ??= new Uint8Array(new ArrayBuffer(CHUNK_BYTES));
  const bytes = chunk;
  const view = new DataView(bytes.buffer);
  for (;;) {
    const length = tryCallRestarting("getdents64", folder.fd, bytes, CHUNK_BYTES);
    if (length < 0) throw new SyscallError("getdents64", -length, quote(path));
    if (length === 0) return entries;
    for (let at = 0; at < length; at += view.getUint16(at + RECORD_LENGTH_OFFSET, true)) {
      const start = at + RECORD_NAME_OFFSET;
      const name = decoder.decode(bytes.subarray(start, bytes.indexOf(0, start)));
      if (name !== "." && name !== "..") entries.push({ name, folder: bytes[at + RECORD_TYPE_OFFSET] === DT_DIR });
    }
  }
}
