// Our programs as files of the host, for jobs without a root of their own (posix-fork), and Bun when it was replaced.
// Copies, because the job's user need not be able to read where this package is installed. They go with the last launch.
import { chmodSync } from "node:fs";
import { O, open, writeAll } from "@hutch/syscall";
import { nameOwnedFolder, type OwnedFolder, openOwnedFolder } from "./owned-folder.ts";

const NAMES = ["worker.js", "job.js", "bun"] as const;
type FileName = (typeof NAMES)[number];
const FILE_MODE = 0o444;

/** One for this process's life: a pool's jobs know the path, also when its workers were all replaced. */
let place: { readonly parent: string; readonly name: string } | null = null;
let folder: OwnedFolder | null = null;
const written = new Set<FileName>();
let holders = 0;

/** Path of a file with this text. It stays while somebody holds the programs. */
export function plainProgram(name: "worker.js" | "job.js", text: string): string {
  const write = (path: string): void => {
    using file = open(path, O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC, FILE_MODE);
    writeAll(file.fd, new TextEncoder().encode(text));
  };
  return plainFile(name, write, FILE_MODE);
}

/** Path of a file that is made at the first call. @param make makes it in a folder that only this user may write to */
export function plainFile(name: FileName, make: (path: string) => void, mode: number): string {
  // ORDER: the mask for all, so that the job's user can read them.
  const mask = process.umask(0o022);
  try {
    if (folder === null) {
      place ??= { parent: process.env.TMPDIR ?? "/tmp", name: nameOwnedFolder() };
      folder = openOwnedFolder(place.parent, place.name, NAMES);
      process.on("exit", removeAll);
    }
    const path = `${folder.path}/${name}`;
    if (written.has(name)) return path;
    written.add(name);
    make(path);
    chmodSync(path, mode);
    return path;
  } finally {
    process.umask(mask);
  }
}

/** Keeps the programs until it is disposed. */
export function holdPlainPrograms(): Disposable {
  holders += 1;
  return {
    [Symbol.dispose]() {
      holders -= 1;
      if (holders === 0) removeAll();
    },
  };
}

function removeAll(): void {
  process.off("exit", removeAll);
  folder?.remove();
  folder = null;
  written.clear();
}
