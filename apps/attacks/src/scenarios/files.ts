// Attacks on the file tree, and on what the kernel shows as files.
import { join } from "node:path";
import { NAMESPACES, OWN_LEASES, PYTHON, ROOT } from "../needs.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import { after, IN_NAMESPACES } from "./within.ts";

const MiB = 2 ** 20;

/** A folder of the host that the job may write. */
const writable = ({ folder }: Stage): ReturnType<NonNullable<Scenario["policy"]>> => ({
  files: [{ kind: "read-write", source: join(folder, "writable"), path: "/writable" }],
  env: { ARGUMENT_FOLDER: "/writable" },
});

export const FILES: readonly Scenario[] = [
  {
    name: "read-by-path",
    from: ["F1", "F2", "P1"],
    does: "reads a file of the host by its path, by `..` from every mount, by `/proc/1/root`, and by a link",
    control: "private-root",
    program: "read-by-path.sh",
    behind: { syscalls: "off" },
    openly: {
      by: "posix-fork",
      expected: { reaches: ["its path", "up from the working folder", "up from /usr", "a link in /tmp"] },
    },
  },
  {
    name: "leave-by-folder",
    from: ["F2", "F4"],
    does: "holds a folder that it is shown open and climbs out of it by `..`",
    control: "private-root",
    program: "leave-by-folder.py",
    needs: [PYTHON],
    policy: ({ folder }) => ({
      files: [{ kind: "read-only", source: join(folder, "shown"), path: "/shown" }],
      env: { ARGUMENT_FOLDER: "/shown" },
    }),
    behind: { syscalls: "off" },
    openly: { by: "bare", within: after("export ARGUMENT_FOLDER=$TARGET_FOLDER/shown") },
  },
  {
    name: "open-by-handle",
    from: ["F5"],
    does: "opens a file, and the root of the disk, by a file handle in place of a path",
    control: "seccomp",
    program: "open-by-handle.c",
    behind: { syscalls: "off" },
    openly: { by: "bare", needs: [ROOT], expected: { reaches: ["a file of its own"] } },
  },
  {
    name: "change-mounts",
    from: ["F7", "F8", "P7", "N10"],
    does: "takes mounts away, makes new ones, and clears their flags, by old and new calls; leaves by chroot",
    control: "mount-namespace",
    program: "change-mounts.c",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      within: IN_NAMESPACES,
      needs: [NAMESPACES],
      expected: { reaches: ["/usr somewhere else", "a tmpfs on /tmp", "a file system", "out by chroot"] },
    },
  },
  {
    name: "write-host",
    from: ["P2", "P8", "F17", "N7", "N8"],
    does: "writes settings of the machine, programs, users, devices, and what everybody may write",
    control: "private-root",
    program: "write-host.sh",
    behind: { syscalls: "off" },
    openly: { by: "posix-fork", expected: { reaches: ["a folder that everybody may write"] } },
  },
  {
    name: "read-kernel",
    from: ["P5", "P10", "P11"],
    does: "reads addresses, keys, timers and messages of the kernel, /sys, and folders of the host",
    control: "private-root",
    program: "read-kernel.sh",
    behind: { syscalls: "off" },
    openly: { by: "posix-fork", expected: { reaches: ["/proc/interrupts", "/proc/cmdline", "/sys/kernel", "/var"] } },
  },
  {
    name: "use-open-descriptors",
    from: ["P4", "L1", "L2"],
    does: "reads every descriptor from 3 on, and enters each as a folder (the host holds its secret and its root open)",
    control: "descriptors",
    program: "use-open-descriptors.py",
    needs: [PYTHON],
    behind: { syscalls: "off" },
    plain: {},
    openly: { by: "bare", within: after('exec 8<"$TARGET_FILE" 9<"$TARGET_FOLDER"') },
  },
  {
    name: "read-as-root",
    from: ["N5"],
    does: "reads a file that only root may read, in a folder that it is shown, and changes owners there",
    control: "unprivileged-ids",
    program: "read-as-root.sh",
    only: "root",
    policy: ({ folder }) => ({
      files: [{ kind: "read-write", source: join(folder, "shown"), path: "/shown" }],
      env: { ARGUMENT_FOLDER: "/shown" },
    }),
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      within: after("export ARGUMENT_FOLDER=$TARGET_FOLDER/shown"),
      expected: { reaches: ["a file of root's alone"] },
    },
  },
  {
    name: "lease-files",
    from: ["F23", "L7"],
    does: "takes a lease on a file that it is shown read-only, so that who wants to write it waits",
    control: "seccomp",
    program: "lease-files.py",
    needs: [PYTHON],
    policy: ({ folder }) => ({
      files: [{ kind: "read-only", source: join(folder, "shown"), path: "/shown" }],
      env: { ARGUMENT_FOLDER: "/shown" },
    }),
    openly: {
      by: "policy",
      policy: { syscalls: "off" },
      needs: [OWN_LEASES],
      expected: { reaches: ["a lease"] },
    },
  },
  {
    name: "awkward-names",
    from: ["F16", "F22"],
    does: "makes names, depths, times and modes that are hard to list, in /tmp and in a folder of the host",
    control: "host",
    program: "awkward-names.py",
    needs: [PYTHON],
    policy: writable,
    safe: { says: /made 1016\n$/ },
    openly: { by: "nowhere", why: "Hutch lists and collects no files of a job" },
  },
  {
    name: "fill-writable",
    from: ["R10"],
    does: "writes a file that is larger than allowed into a folder of the host",
    control: "rlimits",
    program: "fill-writable.sh",
    policy: writable,
    limits: { fileSizeBytes: MiB },
    safe: { status: "disk-limit" },
    openly: { by: "policy", limits: { fileSizeBytes: 64 * MiB } },
  },
];
