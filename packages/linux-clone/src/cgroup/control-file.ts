// Files of a cgroup folder: small texts, read through descriptors that stay open.
import { isSyscallError, O, type OwnedFd, open, pread, readText, SyscallError, tryWrite } from "@hutch/syscall";

const LARGEST_BYTES = 4096;
const text = new TextDecoder();
let buffer: Uint8Array | undefined;

/** A file that is read again and again. */
export class ControlFile implements Disposable {
  readonly #file: OwnedFd;

  private constructor(file: OwnedFd) {
    this.#file = file;
  }

  /** null where this kernel does not have it */
  static open(path: string): ControlFile | null {
    try {
      return new ControlFile(open(path, O.RDONLY));
    } catch (error) {
      if (isSyscallError(error, "ENOENT")) return null;
      throw error;
    }
  }

  read(): string {
    buffer ??= new Uint8Array(LARGEST_BYTES);
    return text.decode(buffer.subarray(0, pread(this.#file.fd, buffer, 0)));
  }

  /** The file's only number; 0 for text. */
  number(): number {
    return Number.parseInt(this.read(), 10) || 0;
  }

  /** The number after a name, as in `oom_kill 3`; 0 where the name is missing. */
  keyed(name: string): number {
    const match = new RegExp(`^${name} (\\d+)$`, "m").exec(this.read());
    return match === null ? 0 : Number(match[1]);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** A file that is written again, also when there are no descriptors left. */
export class ControlSwitch implements Disposable {
  readonly #path: string;
  readonly #file: OwnedFd;

  constructor(path: string) {
    this.#path = path;
    this.#file = open(path, O.WRONLY);
  }

  /** @throws SyscallError that names the file */
  set(value: string): void {
    const written = tryWrite(this.#file.fd, Buffer.from(value));
    if (written < 0) throw new SyscallError("write", -written, `"${this.#path}"`);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** @throws SyscallError that names the file */
export function writeControl(path: string, value: string): void {
  using control = new ControlSwitch(path);
  control.set(value);
}

/** As writeControl(), for a file that not every kernel has. */
export function writeControlIfThere(path: string, value: string): void {
  try {
    writeControl(path, value);
  } catch (error) {
    if (!isSyscallError(error, "ENOENT")) throw error;
  }
}

/** Ids of the processes in a folder, as this process's pid namespace numbers them. */
export function readProcesses(folder: string): number[] {
  return readIfThere(`${folder}/cgroup.procs`)
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

function readIfThere(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    if (isSyscallError(error, "ENOENT")) return "";
    throw error;
  }
}
