// Attacks by namespaces, capabilities, ids, and programs that have more rights.
import { join } from "node:path";
import { NAMESPACES as NEEDED, PAM, ROOT, SET_USER_ID } from "../needs.ts";
import type { Scenario } from "../scenario.ts";
import { AS_NOBODY, after, IN_NAMESPACES } from "./within.ts";

export const NAMESPACES: readonly Scenario[] = [
  {
    name: "nested-namespace",
    from: ["N1", "N2", "F7", "P7"],
    does: "makes every kind of namespace, by unshare and by clone, to have rights in it",
    control: "seccomp",
    program: "nested-namespace.c",
    // ENOSPC: no user namespace below the job's own is allowed.
    behind: { syscalls: "off" },
    openly: { by: "bare", needs: [NEEDED] },
  },
  {
    name: "become-root",
    from: ["N4", "N5"],
    does: "takes other ids, groups, capabilities and unlocked bits",
    control: "user-namespace",
    program: "become-root.c",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      within: IN_NAMESPACES,
      needs: [NEEDED],
      expected: { reaches: ["user 0", "user 0, effective", "group 0", "every capability", "no locked bits"] },
    },
  },
  {
    name: "run-privileged",
    from: ["F10", "F11"],
    does: "executes programs of root with set-user-id bits and file capabilities",
    control: "no-new-privileges",
    program: "run-privileged.sh",
    only: "root",
    needs: [SET_USER_ID],
    policy: ({ folder }) => ({
      files: [{ kind: "read-only", source: join(folder, "privileged"), path: "/privileged" }],
      env: { ARGUMENT_FOLDER: "/privileged" },
    }),
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      within: [...after("export ARGUMENT_FOLDER=$TARGET_FOLDER/privileged"), ...AS_NOBODY],
      expected: { reaches: ["set-user-id", "set-group-id"] },
    },
  },
  {
    name: "use-privileged-programs",
    from: ["U1", "N4"],
    does: "asks su, sudo, pkexec, mount, newuidmap and their like for rights",
    control: "no-new-privileges",
    program: "use-privileged-programs.sh",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      // So that what it mounts and maps is there for itself alone.
      within: ["unshare", "--mount", "--"],
      needs: [ROOT, PAM],
      expected: { reaches: ["su", "setpriv", "passwd", "mount"] },
    },
  },
  {
    name: "set-machine",
    from: ["N7", "N8"],
    does: "sets clock, names, accounting, swap and ports of the machine",
    control: "uts-namespace",
    program: "set-machine.c",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      within: IN_NAMESPACES,
      needs: [NEEDED],
      expected: { reaches: ["host name", "domain name"] },
    },
  },
  {
    name: "be-urgent",
    from: ["R13"],
    does: "asks for real-time, a better niceness, the first place at the disk, and memory that stays",
    control: "capabilities",
    program: "be-urgent.c",
    behind: { syscalls: "off" },
    openly: { by: "bare", needs: [ROOT], expected: { reaches: ["nicer", "first at the disk"] } },
  },
  {
    name: "raise-limits",
    from: ["R8"],
    does: "raises the hard limits that it was given",
    control: "rlimits",
    program: "raise-limits.c",
    behind: { syscalls: "off" },
    plain: {},
    openly: { by: "bare", expected: { reaches: ["size of files", "CPU time"] } },
  },
];
