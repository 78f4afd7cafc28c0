// Makes the cgroups of this process's jobs, and keeps a few folders for the next ones: making one costs more than a job's start.
import type { Limits } from "@hutch/core";
import { isSyscallError, mkdir } from "@hutch/syscall";
import type { CgroupPart, MakePart } from "./cgroup-part.ts";
import { JobCgroup } from "./job-cgroup.ts";
import { removeFolder } from "./remove-folder.ts";
import type { Subtree } from "./subtree.ts";

export interface OpenTree {
  readonly subtree: Subtree;
  readonly make: MakePart;
}

/** Folders of each tree that wait for the next job. */
const KEPT = 4;

export class CgroupHost {
  /** For reports: which version and controllers. */
  readonly mechanism: string;
  readonly #trees: readonly OpenTree[];
  readonly #kept: CgroupPart[][];
  readonly #onClose: () => void;
  #jobs = 0;
  #closed = false;

  constructor(mechanism: string, trees: readonly OpenTree[], onClose: () => void) {
    this.mechanism = mechanism;
    this.#trees = trees;
    this.#kept = trees.map(() => []);
    this.#onClose = onClose;
  }

  /** Length of a job's `procs`. */
  get procsPerJob(): number {
    return this.#trees.length;
  }

  /** What all of its own are in, one folder in each tree. */
  get folders(): readonly string[] {
    return this.#trees.map(({ subtree }) => subtree.folder);
  }

  /** An empty cgroup with these limits. @throws SyscallError when the kernel gives no more */
  create(limits: Limits): JobCgroup {
    if (this.#closed) throw new TypeError("Cannot make a cgroup: the host of cgroups is closed");
    const parts: CgroupPart[] = [];
    this.#jobs += 1;
    try {
      for (const [index, tree] of this.#trees.entries())
        parts.push(this.#reuse(index, limits) ?? makePart(tree, `job-${this.#jobs}`, limits));
    } catch (error) {
      parts.forEach(discard);
      throw error;
    }
    return new JobCgroup(parts, (given, empty) => this.#takeBack(given, empty));
  }

  /** Removes everything that was made. Harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const part of this.#kept.flat()) discard(part);
    this.#onClose();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #reuse(index: number, limits: Limits): CgroupPart | null {
    const part = this.#kept[index]?.pop();
    if (part?.renew === undefined) return null;
    try {
      if (part.renew(limits)) return part;
      discard(part);
      return null;
    } catch (error) {
      // The kernel could not empty it (EBUSY), so it is not like new: the job gets a folder that is.
      discard(part);
      if (isSyscallError(error)) return null;
      throw error;
    }
  }

  #takeBack(parts: readonly CgroupPart[], empty: boolean): void {
    for (const [index, part] of parts.entries()) {
      const kept = this.#kept[index];
      const wanted = empty && !this.#closed && part.renew !== undefined;
      if (wanted && kept !== undefined && kept.length < KEPT) kept.push(part);
      else discard(part);
    }
  }
}

function makePart(tree: OpenTree, name: string, limits: Limits): CgroupPart {
  const folder = `${tree.subtree.folder}/${name}`;
  mkdir(folder, 0o755);
  try {
    return tree.make(folder, limits);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

/** A folder that the kernel does not let go of yet goes with the subtree when the host of cgroups closes. */
function discard(part: CgroupPart): void {
  part.close();
  removeFolder(part.folder);
}
