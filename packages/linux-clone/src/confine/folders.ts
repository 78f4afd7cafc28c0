// Mount points and what leads to them, made once each while a root is planned.
import type { Step } from "@hutch/core";
import { AT_FDCWD, MNT, UMOUNT_NOFOLLOW } from "@hutch/syscall";
import { EEXIST, step, text, writeFile } from "../step.ts";
import { Places } from "./places.ts";

const REGULAR_FILE = 0o100000;

export class Folders {
  readonly places: Places = new Places();
  readonly #made: Set<string> = new Set(["/"]);

  /** A folder was made there, or something of the sandbox's own is mounted on it. */
  has(path: string): boolean {
    return this.#made.has(path);
  }

  /** A folder that was made in another way. */
  note(path: string): void {
    this.#made.add(path);
  }

  /** A folder and everything above it. What a bind mount already has is left as it is. */
  folder(path: string, why: string): Step[] {
    const steps: Step[] = [];
    let at = "";
    for (const part of path.split("/").filter((name) => name !== "")) {
      at = `${at}/${part}`;
      if (this.#made.has(at)) continue;
      this.#made.add(at);
      steps.push(step("make folder", "mkdirat", [AT_FDCWD, text(at), 0o755], why, { detail: at, allow: EEXIST }));
    }
    return steps;
  }

  above(path: string, why: string): Step[] {
    return this.folder(path.slice(0, path.lastIndexOf("/")), why);
  }

  /** An empty file, to bind a file on. */
  file(path: string, why: string): Step[] {
    const made = step("make file", "mknodat", [AT_FDCWD, text(path), REGULAR_FILE | 0o444, 0], why, {
      detail: path,
      allow: EEXIST,
    });
    this.places.set(path, { kind: "file", mounted: true });
    return [...this.above(path, why), made];
  }

  symlink(path: string, target: string, why: string): Step[] {
    const made = step("make symlink", "symlinkat", [text(target), AT_FDCWD, text(path)], why, { detail: path });
    const steps = [...this.above(path, why), ...this.#clear(path, why), made];
    this.places.set(path, { kind: "link", target });
    return steps;
  }

  /** A file with this text, which nobody writes. */
  content(path: string, content: string, mode: number, why: string): Step[] {
    const written = writeFile("make file", path, content, why, { create: true, mode });
    const steps = [...this.above(path, why), ...this.#clear(path, why), ...written];
    this.places.set(path, { kind: "file", mounted: false });
    return steps;
  }

  /** What was made below a folder that now lies under a new mount has to be made again. */
  covered(path: string): void {
    for (const made of this.#made) if (made.startsWith(`${path}/`)) this.#made.delete(made);
    this.places.cover(path);
  }

  /** A file or link of the plan's own gives way to a new one. */
  #clear(path: string, why: string): Step[] {
    const place = this.places.get(path);
    if (place?.kind !== "file" && place?.kind !== "link") return [];
    const removed = step("make file", "unlinkat", [AT_FDCWD, text(path), 0], why, { detail: path });
    if (place.kind === "link" || !place.mounted) return [removed];
    return [step("make file", "umount2", [text(path), MNT.DETACH | UMOUNT_NOFOLLOW], why, { detail: path }), removed];
  }
}
