// Version 2: one folder with whatever controllers are enabled for it. CPU time is always there.
import type { Limits } from "@hutch/core";
import { fileKind, O, open } from "@hutch/syscall";
import type { CgroupPart } from "./cgroup-part.ts";
import { ControlFile, ControlSwitch, writeControl, writeControlIfThere } from "./control-file.ts";
import { openPids } from "./pids.ts";

/** With the memory and pids controllers. */
export function unified(folder: string, limits: Limits): CgroupPart {
  using undo = new DisposableStack();
  const memory = openMemory(folder, limits, undo);
  const { most: _most, ...pids } = openPids(folder, limits, undo);
  const rest = openCpu(folder, undo);
  const opened = undo.move();
  return { folder, ...rest, ...memory, ...pids, close: () => opened.dispose() };
}

/** Without controllers, beside version 1: CPU time, and the way to end all processes at once. */
export function unifiedCpu(folder: string): CgroupPart {
  using undo = new DisposableStack();
  const rest = openCpu(folder, undo);
  const opened = undo.move();
  return { folder, ...rest, close: () => opened.dispose() };
}

function openCpu(folder: string, opened: DisposableStack): Pick<CgroupPart, "procs" | "folderFd" | "cpu" | "killAll"> {
  const procs = opened.use(open(`${folder}/cgroup.procs`, O.RDWR));
  const folderFd = opened.use(open(folder, O.PATH | O.DIRECTORY));
  const stat = opened.use(ControlFile.open(`${folder}/cpu.stat`));
  // SINCE: Linux 5.14.
  const path = `${folder}/cgroup.kill`;
  const kill = fileKind(path, true) === null ? null : opened.use(new ControlSwitch(path));
  return {
    procs,
    folderFd,
    cpu: () => ({ userMicros: stat?.keyed("user_usec") ?? 0, systemMicros: stat?.keyed("system_usec") ?? 0 }),
    ...(kill === null ? {} : { killAll: () => kill.set("1") }),
  };
}

function openMemory(
  folder: string,
  limits: Limits,
  opened: DisposableStack,
): Pick<CgroupPart, "memoryPeakBytes" | "memoryNowBytes" | "oomKills"> {
  writeControl(`${folder}/memory.max`, String(limits.memoryBytes));
  writeControlIfThere(`${folder}/memory.swap.max`, "0");
  // All of the job ends together: half of a program is of no use to anybody.
  writeControlIfThere(`${folder}/memory.oom.group`, "1");
  // SINCE: Linux 5.19.
  const peak = opened.use(ControlFile.open(`${folder}/memory.peak`));
  const now = opened.use(ControlFile.open(`${folder}/memory.current`));
  const events = opened.use(ControlFile.open(`${folder}/memory.events`));
  return {
    memoryPeakBytes: () => peak?.number() ?? null,
    memoryNowBytes: () => now?.number() ?? 0,
    oomKills: () => events?.keyed("oom_kill") ?? 0,
  };
}
