// A policy's source, from its path on the host to a tree that can be mounted: opened once, compared, and only then used.
// The host's files may change while a sandbox is built, and whoever may write beside a source could put a link in its place.
import type { Step, StepArgument } from "@hutch/core";
import {
  AT,
  AT_FDCWD,
  encodeStruct,
  IDENTITY,
  MOUNT_ATTR_LAYOUT,
  O,
  OPEN_HOW_LAYOUT,
  OPEN_TREE,
  RESOLVE,
} from "@hutch/syscall";
import type { SourceFacts } from "../host-layout.ts";
import { SCRATCH_SLOT, step, TREE_SLOT, text } from "../step.ts";
import { fromOldRoot } from "./mounts.ts";

const FUTEX_CMP_REQUEUE_PRIVATE = 4 | 128;
const HERE = text("");

/** How a plan opens a path that somebody else may have changed: links on the way are refused, not followed. */
export function openNoLinks(flags: number): Uint8Array {
  const resolve = RESOLVE.NO_SYMLINKS | RESOLVE.NO_MAGICLINKS;
  return encodeStruct(OPEN_HOW_LAYOUT, { flags: flags | O.PATH | O.CLOEXEC, mode: 0, resolve });
}

/**
 * Leaves the tree in TREE_SLOT, with these mount flags on it and on all below it, and mounted nowhere.
 * ORDER: flags first. A bind mount by path would show the tree before they are set.
 */
export function openSource(source: SourceFacts, flags: number, why: string): Step[] {
  const extra = { detail: source.path };
  const how = openNoLinks(0);
  const file: StepArgument = { slot: SCRATCH_SLOT };
  const name = "open source";
  return [
    step(name, "openat2", [AT_FDCWD, text(fromOldRoot(source.path)), { bytes: how }, how.byteLength], why, {
      ...extra,
      save: SCRATCH_SLOT,
    }),
    ...compareFile(source),
    ...cloneTree(file, flags, source.path, why),
    step(name, "close", [file], "the tree has its own hold on it", extra),
  ];
}

/**
 * The file in SCRATCH_SLOT is the one that the plan was made for, by inode and device. futex(2) is the call that compares: a
 * requeue of nobody fails with EAGAIN where a word in memory is not what it was given.
 */
function compareFile({ path, identity }: SourceFacts): Step[] {
  const bytes = new Uint8Array(IDENTITY.factsBytes);
  const other = { bytes };
  const why = "what was looked at when the policy was checked is what is shown";
  const name = "compare source";
  return [
    step(name, "statx", [{ slot: SCRATCH_SLOT }, HERE, AT.EMPTY_PATH, IDENTITY.mask, { bytes }], why, { detail: path }),
    ...identity.map((word, index) => {
      const at = IDENTITY.offsets[index] ?? 0;
      const args = [{ bytes, at }, FUTEX_CMP_REQUEUE_PRIVATE, 0, 0, other, word] as const;
      return step(name, "futex", args, why, { detail: path });
    }),
  ];
}

/** A copy of the mounts at a descriptor, in TREE_SLOT. With those below it: the kernel lets nobody leave out what covers a part. */
export function cloneTree(from: StepArgument, flags: number, detail: string, why: string): Step[] {
  const attributes = encodeStruct(MOUNT_ATTR_LAYOUT, { attr_set: flags, attr_clr: 0, propagation: 0, userns_fd: 0 });
  const whole = AT.EMPTY_PATH | AT.RECURSIVE;
  const name = "bind mount";
  const tree: StepArgument = { slot: TREE_SLOT };
  const opened = step(name, "open_tree", [from, HERE, OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC | whole], why, {
    detail,
    save: TREE_SLOT,
  });
  if (flags === 0) return [opened];
  const set = [tree, HERE, whole, { bytes: attributes }, attributes.byteLength] as const;
  return [opened, step(name, "mount_setattr", set, "before anybody can see it", { detail })];
}
