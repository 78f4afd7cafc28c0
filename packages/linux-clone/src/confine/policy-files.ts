// The policy's own files, in its order: later entries lie over earlier ones, and over the system's.
import type { FileEntry, Policy, Step } from "@hutch/core";
import type { HostLayout } from "../host-layout.ts";
import { ofPolicy, text } from "../step.ts";
import type { Folders } from "./folders.ts";
import { bind, fromOldRoot, READ_ONLY, READ_WRITE, setFlags, tmpfs, tmpfsOptions } from "./mounts.ts";
import { normalPath } from "./places.ts";

const CONTENT_MODE = 0o444;

/** @throws TypeError for an entry that cannot be where the policy wants it */
export function planPolicyFiles({ files }: Policy, host: HostLayout, folders: Folders): Step[] {
  return files.flatMap((entry) => ofPolicy(planEntry(entry, host, folders)));
}

function planEntry(entry: FileEntry, host: HostLayout, folders: Folders): Step[] {
  switch (entry.kind) {
    case "read-only":
    case "read-write": {
      const source = host.sources.get(entry.source) ?? { path: entry.source, kind: "folder" };
      const path = mountPoint(entry, source.kind, folders);
      const why = `the policy shows it, ${entry.kind}`;
      const target = source.kind === "folder" ? folders.folder(path, why) : folders.file(path, why);
      folders.covered(path);
      if (source.kind === "folder") folders.places.set(path, { kind: "shown", writable: entry.kind === "read-write" });
      return [...target, bind(fromOldRoot(source.path), path, why), flagsOf(entry.kind, path)];
    }
    case "tmpfs": {
      const path = mountPoint(entry, "folder", folders);
      return [
        ...folders.folder(path, "the policy wants a folder of the job's own"),
        ...planPolicyTmpfs(entry, folders),
      ];
    }
    case "symlink":
      return folders.symlink(newName(entry, folders), entry.target, "the policy wants it");
    case "content":
      return folders.content(newName(entry, folders), entry.content, entry.mode ?? CONTENT_MODE, "the policy wants it");
  }
}

/** A fresh one for every job. Without a size it has that of /tmp. */
export function planPolicyTmpfs(entry: Extract<FileEntry, { kind: "tmpfs" }>, folders: Folders): Step[] {
  const path = folders.places.resolve(normalPath(entry.path), true);
  folders.covered(path);
  folders.places.set(path, { kind: "folder" });
  const options = entry.sizeBytes === undefined ? { late: "tmpfs" } : text(tmpfsOptions(entry.sizeBytes, "1777"));
  return [tmpfs("mount tmpfs", path, options, "a folder of the job's own, empty and bounded")];
}

function flagsOf(kind: "read-only" | "read-write", path: string): Step {
  if (kind === "read-only") return setFlags(path, READ_ONLY, "nothing in it can be changed");
  return setFlags(path, READ_WRITE, "set-user-id bits and devices in it mean nothing");
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
