// The sandbox's file tree, built from nothing on a tmpfs: what is not put there does not exist for the job.
import type { Policy, Step } from "@hutch/core";
import { AT_FDCWD, MNT, MS, O } from "@hutch/syscall";
import type { HostLayout } from "../host-layout.ts";
import type { PlanContext } from "../plan-context.ts";
import { NULL, OLD_ROOT_SLOT, step, text } from "../step.ts";
import { Folders } from "./folders.ts";
import { proc, READ_ONLY, setFlags, tmpfs } from "./mounts.ts";
import { planPolicyFiles } from "./policy-files.ts";
import { planAccounts, planDevices, planSystemFiles } from "./system-files.ts";

/** Where the new root is mounted for a moment. Every host has this folder, and no policy takes a source from it. */
const STAGE = "/proc";
const ROOT_OPTIONS = "mode=755,size=16m,nr_inodes=4096";

export function planPrivateMounts(): Step {
  return step(
    "make mounts private",
    "mount",
    [text("none"), text("/"), NULL, MS.REC | MS.PRIVATE, NULL],
    "no mount made from here on shows on the host, and none of the host's shows here",
  );
}

export function planBuildRoot({ request, host }: PlanContext): Step[] {
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
    step("enter folder", "fchdir", [oldRoot], "sources are named from the old root", { detail: "the old root" }),
    ...planTree(request.policy, host, new Folders()),
    step("detach old root", "umount2", [text("."), MNT.DETACH], "the host's files are gone from every path"),
    step("detach old root", "close", [oldRoot], "and from every descriptor"),
    step("enter folder", "chdir", [text("/")], "and from the current folder", { detail: "/" }),
    // ORDER: last. Nothing can be made in the root itself from here on.
    setFlags("/", READ_ONLY, "only what the policy gives for writing can be written", false),
  ];
}

/** Everything that the root shows. @throws TypeError for a policy's entry that cannot be where the policy wants it */
export function planTree(policy: Policy, host: HostLayout, folders: Folders): Step[] {
  const steps = [
    ...planSystemFiles(host, folders),
    ...planAccounts(policy, folders),
    ...planDevices(folders),
    ...folders.folder("/proc", "programs expect it"),
    // ORDER: before the old root goes. The kernel gives a new /proc only to who can already see one.
    proc("/proc"),
    ...folders.folder("/tmp", "programs expect it"),
    tmpfs("mount tmp", "/tmp", { late: "tmpfs" }, "scratch space of the job's own, empty and bounded"),
    ...folders.folder("/dev/shm", "shared memory is files in it"),
    tmpfs("mount tmp", "/dev/shm", { late: "tmpfs" }, "shared memory of the job's own, bounded"),
  ];
  folders.places.set("/proc", { kind: "proc" });
  return [...steps, ...planPolicyFiles(policy, host, folders)];
}
