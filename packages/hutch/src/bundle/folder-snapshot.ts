// What a job would see of a folder, read once into memory: what is hashed is then exactly what is bundled, whoever changes
// the folder meanwhile. TRUST: the folder is untrusted. No link is followed, and what a job may not read is not read for it.
import { fstatSync } from "node:fs";
import type { FileEntry } from "@hutch/core";
import {
  AT_FDCWD,
  type Fd,
  isSyscallError,
  O,
  type OwnedFd,
  openat,
  openat2,
  pread,
  RESOLVE,
  readFolder,
  readLink,
} from "@hutch/syscall";
import { isRealRoot } from "../real-root.ts";

export interface FolderSnapshot {
  /** SHA-256 of all names, links and bytes. */
  readonly checksum: string;
  /** The same tree at another place: files as their text, and links. Binary files are left out: they are not bundled. */
  files(): readonly FileEntry[];
}

/** Of the sandbox's own root, which has 16 MiB and 4,096 inodes, most. */
const MOST_BYTES = 12 * 2 ** 20;
const MOST_ENTRIES = 3000;
/** A descriptor is open for each folder on the way. */
const MOST_DEPTH = 64;
const PAGE_BYTES = 4096;
const FOR_OTHERS_TO_READ = 0o4;
const FOR_OTHERS_TO_ENTER = 0o1;
const NOT_THERE_FOR_JOBS = ["ENOENT", "EACCES", "EPERM", "ENXIO", "ENODEV"];
/** Nothing that runs comes from these. */
const NOT_IMPORTED = /\.(d\.[cm]?ts|map)$/;

/**
 * @param folder a path without links: one that has become a link since is refused
 * @param at where the files will be
 * @returns null for a folder that is too large for it
 * @throws SyscallError
 */
export function takeSnapshot(folder: string, at: string): FolderSnapshot | null {
  const taking = new Taking();
  using opened = openat2(AT_FDCWD, folder, O.RDONLY | O.DIRECTORY, 0, RESOLVE.NO_SYMLINKS);
  taking.folder(opened.fd, at);
  return taking.full ? null : { checksum: taking.hash.digest("hex"), files: () => taking.found.flatMap(entryOf) };
}

type Found =
  | { readonly kind: "file"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

class Taking {
  readonly found: Found[] = [];
  readonly hash: Bun.CryptoHasher = new Bun.CryptoHasher("sha256");
  /** One piece of memory for all files: making one for each takes as long as reading them. */
  readonly #memory: Uint8Array = new Uint8Array(new ArrayBuffer(MOST_BYTES));
  #filled = 0;
  #bytes = 0;
  #entries = 0;
  #tooDeep = false;

  get full(): boolean {
    return this.#tooDeep || this.#bytes > MOST_BYTES || this.#entries > MOST_ENTRIES;
  }

  folder(fd: Fd, at: string): void {
    const here = `/proc/self/fd/${fd}`;
    this.#entries += 1;
    this.#tooDeep ||= at.split("/").length > MOST_DEPTH;
    // ORDER: by name, so that the same tree has the same hash wherever it is.
    for (const { name } of readFolder(here).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (this.full) return;
      if (!NOT_IMPORTED.test(name)) this.#entry(fd, here, name, `${at}/${name}`);
    }
  }

  #entry(folder: Fd, here: string, name: string, path: string): void {
    const found = openIn(folder, name);
    if (found === "link") this.#link(targetOf(`${here}/${name}`), path);
    if (found === null || found === "link") return;
    using opened = found;
    const facts = fstatSync(opened.fd);
    if (!mayBeRead(facts.mode, facts.isDirectory())) return;
    if (facts.isDirectory()) this.folder(opened.fd, path);
    else if (facts.isFile()) this.#file(opened, facts.size, path);
  }

  #link(target: string | null, path: string): void {
    if (target === null) return;
    this.#note("link", path, new TextEncoder().encode(target));
    this.found.push({ kind: "link", path, target });
  }

  #file(file: OwnedFd, sizeBytes: number, path: string): void {
    this.#bytes += Math.ceil(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
    if (this.full) return;
    const bytes = readInto(this.#memory.subarray(this.#filled, this.#filled + sizeBytes), file);
    this.#filled += bytes.byteLength;
    this.#note("file", path, bytes);
    this.found.push({ kind: "file", path, bytes });
  }

  /** The length keeps one entry from looking like two. */
  #note(kind: Found["kind"], path: string, bytes: Uint8Array): void {
    this.#entries += 1;
    this.hash.update(JSON.stringify([kind, path, bytes.byteLength])).update(bytes);
  }
}

/** null for what was removed since, this user may not read, or is a socket. */
function openIn(folder: Fd, name: string): OwnedFd | "link" | null {
  try {
    return openat(folder, name, O.RDONLY | O.NOFOLLOW | O.NONBLOCK);
  } catch (error) {
    if (isSyscallError(error, "ELOOP")) return "link";
    if (isSyscallError(error) && NOT_THERE_FOR_JOBS.includes(error.code)) return null;
    throw error;
  }
}

/** null for what is no link any more. */
function targetOf(path: string): string | null {
  try {
    return readLink(path);
  } catch (error) {
    if (isSyscallError(error, "ENOENT") || isSyscallError(error, "EINVAL")) return null;
    throw error;
  }
}

/** Jobs of real root are another user. */
function mayBeRead(mode: number, folder: boolean): boolean {
  const needed = folder ? FOR_OTHERS_TO_READ | FOR_OTHERS_TO_ENTER : FOR_OTHERS_TO_READ;
  return !isRealRoot() || (mode & needed) === needed;
}

/** Fewer than there is room for where the file shrank since. */
function readInto(room: Uint8Array, file: OwnedFd): Uint8Array {
  let done = 0;
  for (let count = 1; done < room.byteLength && count > 0; done += count)
    count = pread(file.fd, room.subarray(done), done);
  return room.subarray(0, done);
}

function entryOf(found: Found): readonly FileEntry[] {
  const { path } = found;
  if (found.kind === "link") return [{ kind: "symlink", path, target: found.target }];
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(found.bytes);
    return [{ kind: "content", path, content }];
  } catch (error) {
    if (error instanceof TypeError) return [];
    throw error;
  }
}
