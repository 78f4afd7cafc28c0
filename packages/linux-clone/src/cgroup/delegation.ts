// Version 2 gives controllers to folders below ours only when no process is in ours directly. So what is in it moves one down
// for as long as cgroups are made there, and back at the end: this process if it is alone, its whole family if it is not.
import { isSyscallError, mkdir } from "@hutch/syscall";
import { ControlFile, readProcesses, writeControl } from "./control-file.ts";
import { isFamily } from "./family.ts";
import { removeFolder } from "./remove-folder.ts";

const OWN = "hutch-host-";

export interface Delegation {
  close(): void;
}

/** Who may be moved out of our folder: nobody but us, or a whole family of processes. */
export type Movable = "self" | "family";

/** The folder that was meant for this process: another one of ours may have moved it one down, as the parent of us. */
export function delegatedFolder(folder: string): string {
  const slash = folder.lastIndexOf("/");
  return folder.slice(slash + 1).startsWith(OWN) ? folder.slice(0, slash) : folder;
}

export function readControllers(folder: string, file: "cgroup.controllers" | "cgroup.subtree_control"): string[] {
  using control = ControlFile.open(`${folder}/${file}`);
  return control === null
    ? []
    : control
        .read()
        .trim()
        .split(" ")
        .filter((name) => name !== "");
}

/** @throws SyscallError EBUSY when other processes share our folder; EACCES and EROFS where it is not ours to change */
export function enableControllers(folder: string, wanted: readonly string[], movable: Movable): Delegation {
  const enabled = readControllers(folder, "cgroup.subtree_control");
  const missing = wanted.filter((name) => !enabled.includes(name));
  if (missing.length === 0) return { close() {} };
  const file = `${folder}/cgroup.subtree_control`;
  const own = `${folder}/${OWN}${process.pid}`;
  const moved = moveDown(folder, own, movable);
  const leave = (): void => {
    if (!moved) return;
    moveAll(own, folder);
    removeFolder(own);
  };
  try {
    writeControl(file, missing.map((name) => `+${name}`).join(" "));
  } catch (error) {
    leave();
    throw error;
  }
  return {
    close() {
      try {
        writeControl(file, missing.map((name) => `-${name}`).join(" "));
      } catch (error) {
        // Another process of ours makes cgroups there by now: it all stays as it is.
        if (isSyscallError(error, "EBUSY")) return;
        throw error;
      }
      leave();
    },
  };
}

function moveDown(folder: string, own: string, movable: Movable): boolean {
  const members = readProcesses(folder);
  const ours = movable === "self" ? members.every((pid) => pid === process.pid) : isFamily(members);
  if (members.length === 0 || !ours) return false;
  mkdir(own, 0o755);
  try {
    moveAll(folder, own);
  } catch (error) {
    moveAll(own, folder);
    removeFolder(own);
    throw error;
  }
  return true;
}

/** A process that ended meanwhile (ESRCH) is where it should be. */
function moveAll(from: string, to: string): void {
  for (const pid of readProcesses(from)) {
    try {
      writeControl(`${to}/cgroup.procs`, String(pid));
    } catch (error) {
      if (!isSyscallError(error, "ESRCH")) throw error;
    }
  }
}

/**
 * Where else folders for jobs may be: beside our own one, when that is a scope without a memory limit (a login session, a
 * desktop program) and the folder above hands out what is wanted. Never beside a service: its limits are meant for its jobs
 * too.
 */
export function folderBeside(folder: string, wanted: readonly string[]): string | null {
  if (!folder.endsWith(".scope") || readText(`${folder}/memory.max`) !== "max") return null;
  const above = folder.slice(0, folder.lastIndexOf("/"));
  const enabled = readControllers(above, "cgroup.subtree_control");
  return wanted.every((name) => enabled.includes(name)) ? above : null;
}

function readText(path: string): string {
  using file = ControlFile.open(path);
  return file === null ? "" : file.read().trim();
}
