// The policy's own files, in its order: later entries lie over earlier ones, and over the system's.
import type { FileEntry, HostIds, Policy, Step } from "@hutch/core";
import type { HostLayout, SourceFacts } from "../host-layout.ts";
import { ofPolicy, text } from "../step.ts";
import type { Folders } from "./folders.ts";
import { attachTree, mountOn, planMountPoint } from "./mount-points.ts";
import { backToOldRoot, give, NO_PROGRAMS, READ_ONLY, READ_WRITE, tmpfs, tmpfsOptions } from "./mounts.ts";
import { planOverlay } from "./overlay.ts";
import { normalPath } from "./places.ts";
import { openSource } from "./sources.ts";

type TmpfsEntry = Extract<FileEntry, { kind: "tmpfs" }>;

const CONTENT_MODE = 0o444;

/** @throws TypeError for an entry that cannot be where the policy wants it */
export function planPolicyFiles({ files }: Policy, host: HostLayout, folders: Folders, giveTo: HostIds | null): Step[] {
  return files.flatMap((entry) => ofPolicy(planEntry(entry, host, folders, giveTo)));
}

function planEntry(entry: FileEntry, host: HostLayout, folders: Folders, giveTo: HostIds | null): Step[] {
  switch (entry.kind) {
    case "read-only":
    case "read-write": {
      const source = sourceOf(entry, host);
      const path = mountPoint(entry, source.kind, folders);
      const why = `the policy shows it, ${entry.kind}`;
      const point = planMountPoint(path, source.kind, folders, why);
      folders.covered(path);
      if (source.kind === "folder") folders.places.set(path, { kind: "shown", writable: entry.kind === "read-write" });
      const flags = entry.kind === "read-only" ? READ_ONLY : READ_WRITE | (entry.noexec === true ? NO_PROGRAMS : 0);
      return [...point.steps, ...openSource(source, flags, why), ...attachTree(point, source.path, why)];
    }
    case "overlay": {
      const source = sourceOf(entry, host);
      if (source.kind === "file") refuse(entry, `"${entry.source}" is a file; only a folder can be laid over`);
      const path = mountPoint(entry, "folder", folders);
      const why = "the policy shows it, and keeps what the job changes in memory";
      const point = planMountPoint(path, "folder", folders, why);
      folders.covered(path);
      folders.places.set(path, { kind: "shown", writable: true });
      return [
        ...point.steps,
        ...openSource(source, READ_ONLY, why),
        ...planOverlay(entry, point, giveTo, backToOldRoot()),
      ];
    }
    case "tmpfs":
      return planPolicyTmpfs(entry, folders, giveTo, backToOldRoot());
    case "symlink":
      return folders.symlink(newName(entry, folders), entry.target, "the policy wants it");
    case "content":
      return folders.content(newName(entry, folders), entry.content, entry.mode ?? CONTENT_MODE, "the policy wants it");
  }
}

/** A source that could not be looked at fails as a step, with its name and the errno. */
function sourceOf(entry: Extract<FileEntry, { source: string }>, host: HostLayout): SourceFacts {
  return host.sources.get(entry.source) ?? { path: entry.source, kind: "folder", identity: [] };
}

/** A fresh one for every job. Without a size it has that of /tmp. */
function planPolicyTmpfs(entry: TmpfsEntry, folders: Folders, giveTo: HostIds | null, back: Step): Step[] {
  const path = mountPoint(entry, "folder", folders);
  const point = planMountPoint(path, "folder", folders, "the policy wants a folder of the job's own");
  folders.covered(path);
  folders.places.set(path, { kind: "folder", writable: true });
  return [...point.steps, ...mountOn(point, (on) => [mountTmpfs(entry, on, path)], back), ...give(path, giveTo)];
}

/** @param on the path, or "." in it */
export function mountTmpfs(entry: TmpfsEntry, on: string, path: string): Step {
  const { sizeBytes, inodes, noexec } = entry;
  if (inodes !== undefined && sizeBytes === undefined) refuse(entry, "inodes needs sizeBytes; name both");
  const options = sizeBytes === undefined ? { late: "tmpfs" } : text(tmpfsOptions(sizeBytes, "1777", inodes));
  const extra = noexec === undefined ? { detail: path } : { detail: path, noexec };
  return tmpfs("mount tmpfs", on, options, "a folder of the job's own, empty and bounded", extra);
}

/** Where the kernel will mount it. What only the kernel knows, such as what is in a folder of the host, is not asked here. */
function mountPoint(entry: FileEntry, kind: "folder" | "file", folders: Folders): string {
  const path = folders.places.resolve(normalPath(entry.path), true);
  if (path === "/") refuse(entry, "that is the root itself; name the folders that the job may see");
  refuseProc(entry, path, folders);
  const here = folders.places.get(path);
  if (kind === "folder" && here?.kind === "file") refuse(entry, "a file is there, and this is a folder");
  if (kind === "file" && (here?.kind === "shown" || folders.has(path)))
    refuse(entry, "a folder is there, and this is a file");
  return path;
}

/** Where a file or link will be made: in a folder of the sandbox's own, for those of the host must not change. */
function newName(entry: FileEntry, folders: Folders): string {
  const path = folders.places.resolve(normalPath(entry.path), false);
  refuseProc(entry, path, folders);
  const here = folders.places.get(path);
  if (path === "/" || here?.kind === "shown" || (here?.kind !== "file" && here?.kind !== "link" && folders.has(path)))
    refuse(entry, "a folder is there; choose another path");
  const { path: folder, place } = folders.places.holder(path);
  if (place.kind === "file") refuse(entry, `"${folder}" is a file; choose another path`);
  if (place.kind === "shown")
    refuse(
      entry,
      `"${folder}" is a folder of the host, and nothing is made in those; choose a path outside of it, or put the file into its source`,
    );
  return path;
}

function refuseProc(entry: FileEntry, path: string, folders: Folders): void {
  if (folders.places.get(path)?.kind === "proc" || folders.places.holder(path).place.kind === "proc")
    refuse(entry, '"/proc" shows the processes of the job and nothing else; choose another path');
}

function refuse(entry: FileEntry, why: string): never {
  throw new TypeError(`Cannot use "${entry.kind}" at "${entry.path}" of policy.files: ${why}`);
}
