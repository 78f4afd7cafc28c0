// Our programs as files of the host, for jobs without a root of their own (posix-fork), and Bun when it was replaced.
// Copies, because the job's user need not be able to read where this package is installed. They go with the last launch.
import { type Fd, O, open, writeAll } from "@hutch/syscall";
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
  return plainFile(name, FILE_MODE, (file) => writeAll(file, new TextEncoder().encode(text)));
}

/** Path of a file that is made at the first call, in a folder that only this user may write to. */
export function plainFile(name: FileName, mode: number, fill: (file: Fd) => void): string {
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
    using file = open(path, O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC, mode);
    fill(file.fd);
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
