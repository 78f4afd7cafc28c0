// Where a policy's entry is mounted. In a folder that jobs can write, a job could put a link in the place of a folder on the
// way, or rename one and so carry the mount away. So the way is walked by descriptors that follow no link, and every folder
// on it is mounted on itself: the kernel renames and removes no mount point.
import type { Step, StepArgument } from "@hutch/core";
import { AT_FDCWD, MOVE_MOUNT, O } from "@hutch/syscall";
import { EEXIST, PLACE_SLOT, SCRATCH_SLOT, step, TREE_SLOT, text } from "../step.ts";
import type { Folders } from "./folders.ts";
import { cloneTree, openNoLinks } from "./sources.ts";

const REGULAR_FILE = 0o100000;
const FILE_MODE = 0o444;
const FOLDER_MODE = 0o755;
const HERE = text("");
const PLACE: StepArgument = { slot: PLACE_SLOT };
const TREE: StepArgument = { slot: TREE_SLOT };
const SCRATCH: StepArgument = { slot: SCRATCH_SLOT };

/** How the tree in TREE_SLOT, or a new file system, gets to the mount point that was made ready. */
export type MountPoint =
  /** Nothing on the way can be changed by a job. */
  | { readonly kind: "path"; readonly path: string; readonly steps: readonly Step[] }
  /** A descriptor of it is in PLACE_SLOT. */
  | { readonly kind: "descriptor"; readonly path: string; readonly steps: readonly Step[] };

/** @param path free of the links that the plan knows */
export function planMountPoint(path: string, kind: "folder" | "file", folders: Folders, why: string): MountPoint {
  const { path: above, place } = folders.places.holder(path);
  const changeable = (place.kind === "shown" || place.kind === "folder") && place.writable === true;
  if (!changeable || above === path) {
    const steps = kind === "folder" ? folders.folder(path, why) : folders.file(path, why);
    return { kind: "path", path, steps };
  }
  const names = path
    .slice(above.length)
    .split("/")
    .filter((name) => name !== "");
  const steps: Step[] = [open(AT_FDCWD, above, O.DIRECTORY, above, PLACE_SLOT)];
  let at = above;
  names.forEach((name, index) => {
    at = `${at}/${name}`;
    const last = index === names.length - 1;
    steps.push(...enter(name, at, last ? kind : "folder", why));
    if (!last || kind === "folder") folders.note(at);
    if (last) return;
    steps.push(...pin(at));
    folders.places.set(at, place);
  });
  if (kind === "file") folders.places.set(path, { kind: "file", mounted: true });
  return { kind: "descriptor", path, steps };
}

function open(at: StepArgument, name: string, flags: number, detail: string, save: number): Step {
  const how = openNoLinks(flags | O.NOFOLLOW);
  const why = "a link that a job left here is refused and not followed";
  return step("open mount point", "openat2", [at, text(name), { bytes: how }, how.byteLength], why, { detail, save });
}

/** From the folder in PLACE_SLOT to what is in it, which is made where it is not there. */
function enter(name: string, path: string, kind: "folder" | "file", why: string): Step[] {
  const made =
    kind === "folder"
      ? step("make folder", "mkdirat", [PLACE, text(name), FOLDER_MODE], why, { detail: path, allow: EEXIST })
      : step("make file", "mknodat", [PLACE, text(name), REGULAR_FILE | FILE_MODE, 0], why, {
          detail: path,
          allow: EEXIST,
        });
  return [
    made,
    open(PLACE, name, kind === "folder" ? O.DIRECTORY : 0, path, SCRATCH_SLOT),
    step("open mount point", "dup3", [SCRATCH, PLACE, O.CLOEXEC], "the next folder on the way", { detail: path }),
    step("open mount point", "close", [SCRATCH], "it has another number now", { detail: path }),
  ];
}

/** Mounts the folder in PLACE_SLOT on itself; the slot then holds the mount. */
function pin(path: string): Step[] {
  const why = "a job cannot rename or remove a mount point, and so not carry away what is mounted below it";
  const args = [TREE, HERE, PLACE, HERE, MOVE_MOUNT.F_EMPTY_PATH | MOVE_MOUNT.T_EMPTY_PATH] as const;
  return [
    ...cloneTree(PLACE, 0, path, why),
    step("bind mount", "move_mount", args, why, { detail: path }),
    step("bind mount", "dup3", [TREE, PLACE, O.CLOEXEC], "what is below it is looked up in the mount", {
      detail: path,
    }),
    step("bind mount", "close", [TREE], "it has another number now", { detail: path }),
  ];
}

/** The tree in TREE_SLOT to the mount point. */
export function attachTree(point: MountPoint, source: string, why: string): Step[] {
  const extra = { detail: `${source} at ${point.path}` };
  const to = point.kind === "path" ? ([AT_FDCWD, text(point.path)] as const) : ([PLACE, HERE] as const);
  const flags = MOVE_MOUNT.F_EMPTY_PATH | (point.kind === "path" ? MOVE_MOUNT.T_SYMLINKS : MOVE_MOUNT.T_EMPTY_PATH);
  return [
    step("bind mount", "move_mount", [TREE, HERE, ...to, flags], why, extra),
    step("bind mount", "close", [TREE], "it is held by its place from here on", extra),
    ...left(point),
  ];
}

/** Steps that mount a new file system on the mount point; `on` is the target that they use. */
export function mountOn(point: MountPoint, mount: (on: string) => readonly Step[], back: Step): Step[] {
  if (point.kind === "path") return [...mount(point.path)];
  const entered = step("enter folder", "fchdir", [PLACE], "mount(2) takes a path and no descriptor", {
    detail: point.path,
  });
  return [entered, ...mount("."), back, ...left(point)];
}

function left(point: MountPoint): Step[] {
  if (point.kind === "path") return [];
  return [step("open mount point", "close", [PLACE], "nothing else may use it", { detail: point.path })];
}
