// The file tree of a job whose launcher already lives in the policy's root: the same files, and fresh what jobs may write.
import type { FileEntry, HostIds, Step } from "@hutch/core";
import { AT_FDCWD, OPEN_TREE } from "@hutch/syscall";
import { isUnprivileged, type PlanContext } from "../plan-context.ts";
import { ofPolicy, step, TREE_SLOT, text } from "../step.ts";
import { planPrivateMounts } from "./build-root.ts";
import { give, proc, tmpfs } from "./mounts.ts";
import { planOverlay } from "./overlay.ts";
import { normalPath } from "./places.ts";
import { mountTmpfs } from "./policy-files.ts";
import { planProcMasks } from "./proc-masks.ts";
import { planDevpts } from "./terminals.ts";

type Fresh = Extract<FileEntry, { kind: "tmpfs" | "overlay" }>;

export function planInheritRoot(context: PlanContext): Step[] {
  const { policy } = context.request;
  const fresh = freshEntries(policy.files);
  // What the policy itself puts there, the launcher's root has already or the job gets below.
  const own = new Set(policy.files.map((entry) => normalPath(entry.path)));
  const scratch = (path: string, why: string): Step[] =>
    own.has(path) ? [] : [tmpfs("mount tmp", path, { late: "tmpfs" }, why)];
  return [
    // A new user namespace has cut the mounts off from the launcher's already.
    ...(isUnprivileged(context) ? [] : [planPrivateMounts()]),
    proc("/proc"),
    ...planProcMasks("/dev/null"),
    ...scratch("/tmp", "scratch space of the job's own: nothing of another job is left in it"),
    ...scratch("/dev/shm", "shared memory of the job's own"),
    ...(policy.terminal ? [planDevpts()] : []),
    ...fresh.flatMap((entry) => ofPolicy(planFresh(entry, isUnprivileged(context) ? null : context.request.ids))),
  ];
}

/** By path: every folder on the way that a job can write is a mount point in the launcher's root (mount-points.ts). */
function planFresh(entry: Fresh, giveTo: HostIds | null): Step[] {
  const path = normalPath(entry.path);
  if (entry.kind === "tmpfs") return [mountTmpfs(entry, path, path), ...give(path, giveTo)];
  const why = "the source, which the launcher's root shows here read-only";
  const flags = OPEN_TREE.CLONE | OPEN_TREE.CLOEXEC;
  const lower = step("bind mount", "open_tree", [AT_FDCWD, text(path), flags], why, { detail: path, save: TREE_SLOT });
  const back = step("enter folder", "chdir", [text("/")], "the layers' folder is nowhere to stand in", { detail: "/" });
  return [lower, ...planOverlay(entry, { kind: "path", path, steps: [] }, giveTo, back)];
}

/** Entries that every job of a pool gets anew. What a later entry covers, no job has. */
function freshEntries(files: readonly FileEntry[]): Fresh[] {
  return files.filter((entry, index): entry is Fresh => {
    if (entry.kind !== "tmpfs" && entry.kind !== "overlay") return false;
    const path = normalPath(entry.path);
    return !files.slice(index + 1).some((later) => {
      const over = normalPath(later.path);
      return later.kind !== "symlink" && later.kind !== "content" && (path === over || path.startsWith(`${over}/`));
    });
  });
}

/** A pool's files as its worker's root has them: jobs lay their own layer over what an overlay shows. */
export function workerFiles(files: readonly FileEntry[]): FileEntry[] {
  return files.map((entry) =>
    entry.kind === "overlay" ? { kind: "read-only", source: entry.source, path: entry.path } : entry,
  );
}

/** Those of a pool's files that each of its jobs has to know of: what it gets anew, and what it may write. */
export function jobFiles(files: readonly FileEntry[]): FileEntry[] {
  const fresh: ReadonlySet<FileEntry> = new Set(freshEntries(files));
  return files.filter((entry) => fresh.has(entry) || entry.kind === "read-write");
}

/** @throws TypeError for a file that no job of a pool would see: it lies in a folder that every job gets anew */
export function refuseHidden(files: readonly FileEntry[]): void {
  const own = freshEntries(files).map((entry) => normalPath(entry.path));
  const scratch = ["/tmp", "/dev/shm"];
  const fresh = [...scratch, ...own];
  for (const entry of files) {
    const path = normalPath(entry.path);
    if (entry.kind === "tmpfs" || entry.kind === "overlay") continue;
    // Jobs know of what they may write, and leave that where it is; a read-only entry they would cover.
    const hidden = entry.kind === "read-only" && scratch.includes(path) && !own.includes(path);
    const over = hidden ? path : fresh.find((folder) => path.startsWith(`${folder}/`));
    if (over === undefined) continue;
    throw new TypeError(
      `Cannot use "${entry.kind}" at "${path}" of policy.files: every job of a pool has a "${over}" of its own; choose a path outside of it`,
    );
  }
}
