// The folder of a store: opened once, and every file named from the open folder, so that whoever changes the path to it
// changes nothing of what is read and written. Several processes may use one folder.
import { randomBytes } from "node:crypto";
import { constants, lstatSync, unlinkSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { resolve } from "node:path";
import { geteuid, isSyscallError, O, openat, readFolder, toFd, tryCall } from "@hutch/syscall";
import { HeldFolder, lockNow } from "./held-folder.ts";
import { openOwnFolder } from "./own-folder.ts";

export interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Date.now() of its last use. */
  readonly usedMs: number;
}

const FILE_MODE = 0o600;
const TRIES = 5;
const PARTIAL = ".partial";
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;

export class StoreFolder implements Disposable {
  readonly path: string;
  readonly #suffix: string;
  #held: HeldFolder;

  /**
   * Makes it if it is not there, for this user alone.
   * @param suffix what the names of its files end with; others are left alone
   * @throws HostError STORE_UNUSABLE that says why and what to do
   */
  constructor(path: string, suffix: string) {
    this.path = resolve(path);
    this.#suffix = suffix;
    this.#held = new HeldFolder(openOwnFolder(this.path));
    this.#sweep();
  }

  /**
   * null where there is none. What is longer, or not a plain file of this user's own, is read as empty.
   * @throws an error with the errno's name as its `code`
   */
  async read(name: string, mostBytes: number): Promise<Uint8Array | null> {
    using folder = this.#held.use();
    let file: FileHandle;
    try {
      file = await open(folder.pathOf(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      // A link in its place.
      if (codeOf(error) === "ELOOP") return new Uint8Array();
      throw error;
    }
    try {
      const facts = await file.stat();
      if (!facts.isFile() || facts.uid !== geteuid() || facts.size > mostBytes) return new Uint8Array();
      // Both times become now; where the kernel refuses that, only the order of pruning suffers.
      tryCall("utimensat", toFd(file.fd), null, null, 0);
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  /** Writes it whole or not at all, over what is there. @throws an error with the errno's name as its `code` */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#write(name, bytes);
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      // Somebody removed the whole folder.
      const anew = new HeldFolder(openOwnFolder(this.path));
      this.#held.retire();
      this.#held = anew;
      await this.#write(name, bytes);
    }
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    using folder = this.#held.use();
    for (let tried = 0; ; tried += 1) {
      const partial = folder.pathOf(`${name}.${randomBytes(8).toString("hex")}${PARTIAL}`);
      const file = await open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
      try {
        // Between open and lock another process may have taken it for a left-over.
        if (lockNow(toFd(file.fd)) && (await file.stat()).nlink > 0) {
          await file.writeFile(bytes);
          // ORDER: before the name. After a crash of the machine there are the old bytes or the new ones.
          await file.sync();
          await rename(partial, folder.pathOf(name));
          return;
        }
      } catch (error) {
        removeIfThere(partial);
        throw error;
      } finally {
        await file.close();
      }
      if (tried === TRIES) throw new Error("another process removes what this one writes");
    }
  }

  /** Harmless where there is none. @throws an error with the errno's name as its `code` */
  remove(name: string): void {
    using folder = this.#held.use();
    removeIfThere(folder.pathOf(name));
  }

  list(): StoredFile[] {
    using folder = this.#held.use();
    return namesIn(folder.pathOf("."))
      .filter((name) => name.endsWith(this.#suffix))
      .flatMap((name) => {
        // Another process may have removed it since.
        const facts = lstatSync(folder.pathOf(name), { throwIfNoEntry: false });
        return facts?.isFile() === true ? [{ name, sizeBytes: facts.size, usedMs: facts.mtimeMs }] : [];
      });
  }

  /** Does it unless another process does the same now. */
  whileAlone(work: () => void): void {
    using folder = this.#held.use();
    using lock = folder.lockNow();
    if (lock !== null) work();
  }

  /** What killed processes left half-written: their locks went with them. */
  #sweep(): void {
    using folder = this.#held.use();
    for (const name of namesIn(folder.pathOf(".")).filter((each) => each.endsWith(PARTIAL))) {
      try {
        using file = openat(folder.fd, name, O.RDONLY | O.NOFOLLOW | O.NONBLOCK);
        if (lockNow(file.fd)) removeIfThere(folder.pathOf(name));
      } catch (error) {
        // It was renamed or removed since, or is nothing that we made.
        if (!isSyscallError(error)) throw error;
      }
    }
  }

  /** What is being read or written is finished first. */
  [Symbol.dispose](): void {
    this.#held.retire();
  }
}

function namesIn(path: string): string[] {
  return readFolder(path)
    .filter(({ folder }) => !folder)
    .map(({ name }) => name);
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
}
