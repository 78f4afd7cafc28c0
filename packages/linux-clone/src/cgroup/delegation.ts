// Version 2 gives controllers to folders below ours only when no process is in ours directly. So a process that is alone in
// its folder moves itself one down for as long as it makes cgroups, and back at the end.
import { mkdir } from "@hutch/syscall";
import { ControlFile, readProcesses, writeControl } from "./control-file.ts";
import { removeFolder } from "./remove-folder.ts";

const OWN = "hutch-host";

export interface Delegation {
  close(): void;
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
export function enableControllers(folder: string, wanted: readonly string[]): Delegation {
  const enabled = readControllers(folder, "cgroup.subtree_control");
  const missing = wanted.filter((name) => !enabled.includes(name));
  if (missing.length === 0) return { close() {} };
  const file = `${folder}/cgroup.subtree_control`;
  const own = `${folder}/${OWN}-${process.pid}`;
  const members = readProcesses(folder);
  const alone = members.length === 1 && members[0] === process.pid;
  const leave = (): void => {
    if (!alone) return;
    writeControl(`${folder}/cgroup.procs`, String(process.pid));
    removeFolder(own);
  };
  if (alone) {
    mkdir(own, 0o755);
    writeControl(`${own}/cgroup.procs`, String(process.pid));
  }
  try {
    writeControl(file, missing.map((name) => `+${name}`).join(" "));
  } catch (error) {
    leave();
    throw error;
  }
  return {
    close() {
      writeControl(file, missing.map((name) => `-${name}`).join(" "));
      leave();
    },
  };
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
