// The pids controller, whose files are the same in both versions. Its peak can not be reset, so a folder is joined once.
import type { Limits } from "@hutch/core";
import type { CgroupPart } from "./cgroup-part.ts";
import { ControlFile, ControlSwitch } from "./control-file.ts";
import { openJoinV1 } from "./join-v1.ts";

export function pidsV1(folder: string, limits: Limits): CgroupPart {
  using undo = new DisposableStack();
  const { most, ...pids } = openPids(folder, limits, undo);
  const procs = undo.use(openJoinV1(folder));
  const opened = undo.move();
  return {
    folder,
    procs,
    ...pids,
    renew: ({ processes }) => {
      if (pids.processesPeak() !== 0) return false;
      most.set(String(processes));
      return true;
    },
    close: () => opened.dispose(),
  };
}

type PidsPart = Required<Pick<CgroupPart, "processesNow" | "processesPeak" | "processRefusals" | "stopForks">> & {
  readonly most: ControlSwitch;
};

export function openPids(folder: string, limits: Limits, opened: DisposableStack): PidsPart {
  const most = opened.use(new ControlSwitch(`${folder}/pids.max`));
  most.set(String(limits.processes));
  // SINCE: Linux 6.1 has the peak, 4.8 the events.
  const peak = opened.use(ControlFile.open(`${folder}/pids.peak`));
  const events = opened.use(ControlFile.open(`${folder}/pids.events`));
  const now = opened.use(ControlFile.open(`${folder}/pids.current`));
  return {
    processesNow: () => now?.number() ?? 0,
    processesPeak: () => peak?.number() ?? null,
    processRefusals: () => events?.keyed("max") ?? 0,
    stopForks: () => most.set("0"),
    most,
  };
}
