// Memory pressure of this process and its jobs, one watch for all pools of a backend.
import { type CgroupHost, type MemoryLevel, openMemoryLevel } from "@hutch/linux-clone";
import { isSyscallError } from "@hutch/syscall";
import type { Machine } from "./machine.ts";
import { type MemoryPressure, memoryPressure } from "./memory-pressure.ts";

const known = new Map<CgroupHost | null, MemoryPressure>();

export function hostMemory({ cgroups }: Pick<Machine, "cgroups">): MemoryPressure {
  let pressure = known.get(cgroups);
  if (pressure === undefined) {
    pressure = memoryPressure({
      now: () => performance.now(),
      level: lastKnown(openMemoryLevel(cgroups)),
      every: (ms, look) => {
        const timer = setInterval(look, ms);
        timer.unref();
        return () => clearInterval(timer);
      },
    });
    known.set(cgroups, pressure);
  }
  return pressure;
}

/** Without descriptors to look with, what was seen last holds. */
function lastKnown(read: () => MemoryLevel): () => MemoryLevel {
  let last: MemoryLevel = { stalledPercent: 0, rooms: [] };
  return () => {
    try {
      last = read();
    } catch (error) {
      if (!isSyscallError(error, "EMFILE", "ENFILE")) throw error;
    }
    return last;
  };
}
