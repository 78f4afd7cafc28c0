// Our programs as files of the host, for jobs without a root of their own (posix-fork).
// Copies, because the job's user need not be able to read where this package is installed. They go with the last launch.
import { isSyscallError, mkdir, O, open, rmdir, unlink, writeAll } from "@hutch/syscall";

const FOLDER_MODE = 0o755;
const FILE_MODE = 0o444;

/** One name for this process's life: a pool's jobs know the path, also when its workers were all replaced. */
let folder: string | null = null;
const written = new Set<string>();
let holders = 0;

/** Path of a file with this text. It stays while somebody holds the programs. */
export function plainProgram(name: string, text: string): string {
  folder ??= `${process.env.TMPDIR ?? "/tmp"}/hutch-${process.pid}-${crypto.randomUUID()}`;
  const path = `${folder}/${name}`;
  if (written.has(path)) return path;
  // ORDER: the mask for both, so that the job's user can read them.
  const mask = process.umask(0o022);
  try {
    if (written.size === 0) makeFolder(folder);
    using file = open(path, O.WRONLY | O.CREAT | O.EXCL | O.CLOEXEC, FILE_MODE);
    written.add(path);
    writeAll(file.fd, new TextEncoder().encode(text));
  } finally {
    process.umask(mask);
  }
  return path;
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

function makeFolder(path: string): void {
  mkdir(path, FOLDER_MODE);
  process.on("exit", removeAll);
}

function removeAll(): void {
  process.off("exit", removeAll);
  if (folder === null || written.size === 0) return;
  try {
    for (const file of written) unlink(file);
    rmdir(folder);
  } catch (error) {
    // With posix-fork a job may be this very user, and then these files are its own to remove.
    if (!isSyscallError(error)) throw error;
  }
  written.clear();
}
