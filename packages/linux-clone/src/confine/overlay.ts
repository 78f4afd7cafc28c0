// A folder of the host that the job may change, while the host's stays as it is: what changes goes to a tmpfs over it.
// The tmpfs, with the three folders that overlayfs wants, lies at the entry's own path and below the overlay, where no path leads.
import type { FileEntry, HostIds, Step, StepArgument } from "@hutch/core";
import { AT_FDCWD, MNT, MOVE_MOUNT, MS } from "@hutch/syscall";
import { step, TREE_SLOT, text } from "../step.ts";
import { type MountPoint, mountOn } from "./mount-points.ts";
import { give, tmpfs, tmpfsOptions } from "./mounts.ts";

type OverlayEntry = Extract<FileEntry, { kind: "overlay" }>;

const LOWER = "lower";
const UPPER = "upper";
const WORK = "work";
const LAYERS = `lowerdir=${LOWER},upperdir=${UPPER},workdir=${WORK}`;
/** The top folder has the upper layer's owner and mode. Who may change what is below it, those of the source say. */
const FOLDER_MODE = 0o755;

/**
 * Expects the lower layer, read-only, in TREE_SLOT.
 * @param giveTo as planTree(). null: what was removed is marked by attributes that a user may set; root's are out of a job's reach
 * @param back goes back to the folder that the plan stood in
 */
export function planOverlay(entry: OverlayEntry, point: MountPoint, giveTo: HostIds | null, back: Step): Step[] {
  const { path } = point;
  const why = "what the job changes goes here";
  const { sizeBytes } = entry;
  const options: StepArgument = sizeBytes === undefined ? { late: "tmpfs" } : text(tmpfsOptions(sizeBytes, "755"));
  const name = "mount overlay";
  const extra = { detail: path };
  const folder = (layer: string, reason: string): Step =>
    step(name, "mkdirat", [AT_FDCWD, text(layer), FOLDER_MODE], reason, extra);
  const data = giveTo === null ? `${LAYERS},userxattr` : LAYERS;
  return [
    ...mountOn(
      point,
      (on) => [tmpfs("mount tmpfs", on, options, "a layer in memory, bounded", { detail: path })],
      back,
    ),
    step("enter folder", "chdir", [text(path)], "the layers are named from here", extra),
    folder(LOWER, "where the source goes for a moment"),
    folder(UPPER, why),
    ...give(UPPER, giveTo, path),
    folder(WORK, "overlayfs prepares changes here"),
    step(
      name,
      "move_mount",
      [{ slot: TREE_SLOT }, text(""), AT_FDCWD, text(LOWER), MOVE_MOUNT.F_EMPTY_PATH],
      "the source, read-only",
      extra,
    ),
    step(name, "close", [{ slot: TREE_SLOT }], "it is held by its place from here on", extra),
    step(
      name,
      "mount",
      [text("overlay"), text("."), text("overlay"), MS.NOSUID | MS.NODEV, text(data)],
      "the job sees both as one",
      extra,
    ),
    step(name, "umount2", [text(LOWER), MNT.DETACH], "the overlay has its own hold on it", extra),
    back,
  ];
}
