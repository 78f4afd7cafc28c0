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
  /** Of the processors' clocks before and after, the lowest and the highest in MHz; null where the machine does not say. */
  readonly clockMhz: readonly [low: number, high: number] | null;
  /** In words; empty when there is nothing to say. */
  readonly note: string;
}

interface CpuTimes {
  readonly total: number;
  readonly idle: number;
  readonly steal: number;
}

const MUCH_STEAL = 0.02;
/** A clock that changes by more is no longer the same machine. */
const MUCH_DRIFT = 1.1;

/** Starts watching; the function that comes back ends it. */
export function watchNoise(): () => Noise {
  const before = readCpuTimes();
  const loadBefore = loadavg()[0] ?? 0;
  const clocksBefore = readClocks();
  return () => {
    const after = readCpuTimes();
    const total = Math.max(1, after.total - before.total);
    const stealShare = (after.steal - before.steal) / total;
    const clocks = [...clocksBefore, ...readClocks()];
    const clockMhz = clocks.length === 0 ? null : ([Math.min(...clocks), Math.max(...clocks)] as const);
    return {
      loadBefore,
      loadAfter: loadavg()[0] ?? 0,
      busyShare: 1 - (after.idle - before.idle) / total,
      stealShare,
      clockMhz,
      note: describe(loadBefore, stealShare, clockMhz),
    };
  };
}

function describe(load: number, steal: number, clock: Noise["clockMhz"]): string {
  const notes: string[] = [];
  if (load > 1) notes.push(`the machine was busy before (load ${load.toFixed(1)})`);
  if (steal > MUCH_STEAL)
    notes.push(`${(steal * 100).toFixed(1)} % of the CPU time went to other machines of the host`);
  if (clock !== null && clock[1] > clock[0] * MUCH_DRIFT)
    notes.push(`the processors' clocks went from ${clock[0].toFixed(0)} to ${clock[1].toFixed(0)} MHz`);
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

function readClocks(): number[] {
  if (!existsSync("/proc/cpuinfo")) return [];
  return [...readFileSync("/proc/cpuinfo", "utf8").matchAll(/^cpu MHz\s*:\s*([\d.]+)/gm)].map((found) =>
    Number(found[1]),
  );
}
