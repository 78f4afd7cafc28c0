// The few ways in which a plan mounts something. Pure.
// RULE: while the root is built, sources are relative to the old root (the current folder) and targets absolute in the new
// one, so that a symbolic link in either can lead nowhere else.
import type { HostIds, Step, StepArgument } from "@hutch/core";
import { AT, AT_FDCWD, encodeStruct, MOUNT_ATTR, MOUNT_ATTR_LAYOUT, MS } from "@hutch/syscall";
import { NULL, OLD_ROOT_SLOT, step, text } from "../step.ts";

const ATTRIBUTES_BYTES = MOUNT_ATTR_LAYOUT.size;

/** A path of the host as it is called from the old root. */
export function fromOldRoot(path: string): string {
  return path === "/" ? "." : path.slice(1);
}

/** The folder that a plan stands in while it builds a root. */
export function backToOldRoot(): Step {
  return step("enter folder", "fchdir", [{ slot: OLD_ROOT_SLOT }], "sources are named from the old root", {
    detail: "the old root",
  });
}

export function bind(source: string, target: string, why: string): Step {
  // With submounts: the kernel lets nobody show a tree without what its owner mounted over parts of it.
  return step("bind mount", "mount", [text(source), text(target), NULL, MS.BIND | MS.REC, NULL], why, {
    detail: `/${source} at ${target}`,
  });
}

/**
 * A bind mount ignores all other flags in its first call, so they are set on it afterwards, with those of the mounts below.
 * Flags that the source's mount has locked stay as they are. SINCE: Linux 5.12.
 */
export function setFlags(target: string, flags: number, why: string, recursive = true): Step {
  const bytes = encodeStruct(MOUNT_ATTR_LAYOUT, { attr_set: flags, attr_clr: 0, propagation: 0, userns_fd: 0 });
  const name = (flags & MOUNT_ATTR.RDONLY) === 0 ? "bind mount" : "mount read-only";
  return step(
    name,
    "mount_setattr",
    [AT_FDCWD, text(target), recursive ? AT.RECURSIVE : 0, { bytes }, ATTRIBUTES_BYTES],
    why,
    { detail: target },
  );
}

export const READ_ONLY: number = MOUNT_ATTR.RDONLY | MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV;
export const READ_WRITE: number = MOUNT_ATTR.NOSUID | MOUNT_ATTR.NODEV;
export const NO_PROGRAMS: number = MOUNT_ATTR.NOEXEC;

export interface TmpfsExtra {
  /** Nothing in it can be executed. */
  readonly noexec?: boolean;
  /** Where it is, if the target is the current folder. */
  readonly detail?: string;
}

export function tmpfs(
  name: "mount tmpfs" | "mount tmp",
  target: string,
  options: StepArgument,
  why: string,
  extra: TmpfsExtra = {},
): Step {
  const flags = MS.NOSUID | MS.NODEV | (extra.noexec === true ? MS.NOEXEC : 0);
  return step(name, "mount", [text("tmpfs"), text(target), text("tmpfs"), flags, options], why, {
    detail: extra.detail ?? target,
  });
}

/** Programs such as git trust a folder only that belongs to who runs them. */
export function give(path: string, to: HostIds | null, detail: string = path): Step[] {
  if (to === null) return [];
  const why = "the job's user owns what it was given for itself";
  return [
    step("give folder", "fchownat", [AT_FDCWD, text(path), to.uid, to.gid, AT.SYMLINK_NOFOLLOW], why, { detail }),
  ];
}

export function proc(target: string): Step {
  return step(
    "mount proc",
    "mount",
    [text("proc"), text(target), text("proc"), MS.NOSUID | MS.NODEV | MS.NOEXEC, NULL],
    "shows the processes of the job's own pid namespace and no others",
    { detail: target },
  );
}

const PAGE_BYTES = 4096;
/** Files need memory of the kernel beside their bytes, so their number is bounded with the size. */
const SPARE_INODES = 1024;

/** Mount options of a private tmpfs: size in bytes, and as many files as could fill it with one page each unless `inodes` says. */
export function tmpfsOptions(sizeBytes: number, mode: string, inodes?: number): string {
  const size = Math.max(PAGE_BYTES, sizeBytes);
  return `mode=${mode},size=${size},nr_inodes=${inodes ?? Math.ceil(size / PAGE_BYTES) + SPARE_INODES}`;
}
