// How quiet the machine was while a scenario ran: work of others makes times longer and ratios vague.
import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";

/** Shares of the machine's CPU time, 0 to 1. */
export interface Noise {
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly busyShare: number;
  /** Time that the hypervisor gave to others. */
  readonly stealShare: number;
  /** In words; empty when there is nothing to say. */
  readonly note: string;
}

interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly steal: number;
}

const MUCH_STEAL = 0.02;

/** Starts watching; the function that comes back ends it. */
export function watchNoise(): () => Noise {
  const before = readCpuTimes();
  const loadBefore = loadavg()[0] ?? 0;
  return () => {
    const after = readCpuTimes();
    const total = Math.max(1, after.total - before.total);
    const stealShare = (after.steal - before.steal) / total;
    return {
      loadBefore,
      loadAfter: loadavg()[0] ?? 0,
      busyShare: 1 - (after.idle - before.idle) / total,
      stealShare,
      note: describe(loadBefore, stealShare),
    };
  };
}

function describe(load: number, steal: number): string {
  const notes: string[] = [];
  if (load > 1) notes.push(`the machine was busy before (load ${load.toFixed(1)})`);
  if (steal > MUCH_STEAL)
    notes.push(`${(steal * 100).toFixed(1)} % of the CPU time went to other machines of the host`);
  return notes.join("; ");
}

function readCpuTimes(): CpuTimes {
  if (!existsSync("/proc/stat")) return { total: 0, idle: 0, steal: 0 };
  const line = /^cpu\s+(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .map(Number);
  return { total: user + nice + system + idle + iowait + irq + softirq + steal, idle: idle + iowait, steal };
}
