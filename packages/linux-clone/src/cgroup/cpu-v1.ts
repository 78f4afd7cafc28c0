// The cpuacct controller of version 1: CPU time of everything that ever was in the folder, in nanoseconds.
// RULE: the total is exact. The parts are sampled by the timer tick and serve only to split it.
import type { CgroupPart, CpuUse } from "./cgroup-part.ts";
import { ControlFile } from "./control-file.ts";
import { openJoinV1 } from "./join-v1.ts";

const MICRO = 1000;

export function cpuV1(folder: string): CgroupPart {
  using undo = new DisposableStack();
  const procs = undo.use(openJoinV1(folder));
  const total = undo.use(ControlFile.open(`${folder}/cpuacct.usage`));
  const user = undo.use(ControlFile.open(`${folder}/cpuacct.usage_user`));
  const system = undo.use(ControlFile.open(`${folder}/cpuacct.usage_sys`));
  const opened = undo.move();
  const read = (): { readonly total: number; readonly user: number; readonly system: number } => ({
    total: total?.number() ?? 0,
    user: user?.number() ?? 0,
    system: system?.number() ?? 0,
  });
  let before = read();
  return {
    folder,
    procs,
    cpu: (): CpuUse => {
      const now = read();
      const used = (now.total - before.total) / MICRO;
      const userTicks = now.user - before.user;
      const systemTicks = now.system - before.system;
      const ticks = userTicks + systemTicks;
      // ORDER: the share first, which is never above 1. Otherwise rounding can make the part larger than the whole.
      const systemMicros = ticks === 0 ? 0 : used * (systemTicks / ticks);
      return { userMicros: used - systemMicros, systemMicros };
    },
    renew: () => {
      before = read();
      return true;
    },
    close: () => opened.dispose(),
  };
}
