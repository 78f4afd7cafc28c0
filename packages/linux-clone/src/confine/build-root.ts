// The sandbox's file tree, built from nothing on a tmpfs: what is not put there does not exist for the job.
import type { HostIds, Policy, Step } from "@hutch/core";
import { AT_FDCWD, MNT, MS, O } from "@hutch/syscall";
import type { HostLayout } from "../host-layout.ts";
import { isUnprivileged, type PlanContext } from "../plan-context.ts";
import { NULL, OLD_ROOT_SLOT, step, text } from "../step.ts";
import { Folders } from "./folders.ts";
import { backToOldRoot, proc, READ_ONLY, setFlags, tmpfs } from "./mounts.ts";
import { normalPath } from "./places.ts";
import { planPolicyFiles } from "./policy-files.ts";
import { planProcMasks } from "./proc-masks.ts";
import { planAccounts, planDevices, planSystemFiles } from "./system-files.ts";
import { planTerminals } from "./terminals.ts";

/** Where the new root is mounted for a moment. Every host has this folder, and no policy takes a source from it. */
const STAGE = "/proc";
/** What every job has for itself. */
const SCRATCH = [
  ["/tmp", "scratch space of the job's own, empty and bounded"],
  ["/dev/shm", "shared memory of the job's own, bounded"],
] as const;
const ROOT_OPTIONS = "mode=755,size=16m,nr_inodes=4096";

export function planPrivateMounts(): Step {
  return step(
    "make mounts private",
    "mount",
    [text("none"), text("/"), NULL, MS.REC | MS.PRIVATE, NULL],
    "no mount made from here on shows on the host, and none of the host's shows here",
  );
}

export function planBuildRoot(context: PlanContext): Step[] {
  const { request, host } = context;
  const oldRoot = { slot: OLD_ROOT_SLOT };
  return [
    planPrivateMounts(),
    step(
      "enter folder",
      "openat",
      [AT_FDCWD, text("/"), O.PATH | O.DIRECTORY | O.CLOEXEC, 0],
      "the old root, to take sources from after the change",
      { detail: "/", save: OLD_ROOT_SLOT },
    ),
    tmpfs("mount tmpfs", STAGE, text(ROOT_OPTIONS), "the new root, empty"),
    step("enter folder", "chdir", [text(STAGE)], "pivot_root wants to be in the new root", { detail: STAGE }),
    step(
      "change root",
      "pivot_root",
      [text("."), text(".")],
      "from here on absolute paths, and links in them, stay in the new root",
    ),
    backToOldRoot(),
    ...planTree(request.policy, host, new Folders(), {
      giveTo: isUnprivileged(context) ? null : request.ids,
      launchesJobs: request.launchesJobs === true,
    }),
    step("detach old root", "umount2", [text("."), MNT.DETACH], "the host's files are gone from every path"),
    step("detach old root", "close", [oldRoot], "and from every descriptor"),
    step("enter folder", "chdir", [text("/")], "and from the current folder", { detail: "/" }),
    // ORDER: last. Nothing can be made in the root itself from here on.
    setFlags("/", READ_ONLY, "only what the policy gives for writing can be written", false),
  ];
}

/** Who builds a root, and for whom. */
export interface TreeLauncher {
  /** What root mounts belongs to root, until it is given to the job's ids; null where it belongs to the job's user already. */
  readonly giveTo: HostIds | null;
  readonly launchesJobs: boolean;
}

/** Everything that the root shows. @throws TypeError for a policy's entry that cannot be where the policy wants it */
export function planTree(policy: Policy, host: HostLayout, folders: Folders, launcher: TreeLauncher): Step[] {
  const own = new Set(policy.files.filter((entry) => entry.kind === "tmpfs").map((entry) => normalPath(entry.path)));
  const steps = [
    ...planSystemFiles(host, folders),
    ...(policy.root === null ? planAccounts(policy, folders) : []),
    ...planDevices(folders),
    ...folders.folder("/proc", "programs expect it"),
    // ORDER: before the old root goes. The kernel gives a new /proc only to who can already see one.
    proc("/proc"),
    // The kernel gives a worker's jobs a /proc of their own only where nothing of the worker's is masked; theirs is.
    ...(launcher.launchesJobs ? [] : planProcMasks("dev/null")),
    ...folders.folder("/tmp", "programs expect it"),
    ...folders.folder("/dev/shm", "shared memory is files in it"),
    ...SCRATCH.flatMap(([path, why]) => {
      folders.places.set(path, { kind: "folder", writable: true });
      // One that the policy bounds in another way takes its place.
      return own.has(path) ? [] : [tmpfs("mount tmp", path, { late: "tmpfs" }, why)];
    }),
    ...(policy.terminal ? [...folders.folder("/dev/pts", "a place for terminals"), ...planTerminals(folders)] : []),
  ];
  folders.places.set("/proc", { kind: "proc" });
  return [...steps, ...planPolicyFiles(policy, host, folders, launcher.giveTo)];
}
