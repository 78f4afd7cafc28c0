// What this machine and this process have left, and how much of it the bench takes when it looks how many jobs fit.
import { readdirSync, readFileSync } from "node:fs";
import { availableMemory } from "./process-memory.ts";

export interface Room {
  /** MiB that the machine can still give out. */
  readonly memoryMiB: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Of this process, which holds some for each job. */
  readonly descriptors: number;
}

/** Shares of what is left at the start. Descriptors are this process's own: nobody else is short of them. */
export const TAKEN: Readonly<Room> = { memoryMiB: 0.2, processes: 0.25, descriptors: 0.8 };

export const ROOM_NAMES: Readonly<Record<keyof Room, string>> = {
  memoryMiB: "free memory",
  processes: "free process ids",
  descriptors: "descriptors that this process may open",
};

export function roomLeft(): Room {
  return { memoryMiB: availableMemory(), processes: processesLeft(), descriptors: descriptorsLeft() };
}

/** Of all users together, and of this one where the kernel counts it: root is not held to its limit. */
function processesLeft(): number {
  // "0.20 0.18 0.12 1/80 11206": of these 80 run or sleep (proc_loadavg(5)).
  const [, , , counts = "0/0"] = readFileSync("/proc/loadavg", "utf8").split(" ");
  const most = ["pid_max", "threads-max"].map((name) => Number(readFileSync(`/proc/sys/kernel/${name}`, "utf8")));
  if (process.geteuid?.() !== 0) most.push(ownLimit("Max processes"));
  return Math.min(...most) - Number(counts.split("/")[1]);
}

function descriptorsLeft(): number {
  return ownLimit("Max open files") - readdirSync("/proc/self/fd").length;
}

function ownLimit(name: string): number {
  const soft = new RegExp(`^${name}\\s+(\\S+)`, "m").exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** What is used up of the share that may be taken: the first such thing, or null. */
export function exhausted(before: Room, now: Room): keyof Room | null {
  const names = Object.keys(TAKEN) as (keyof Room)[];
  return names.find((name) => before[name] - now[name] >= before[name] * TAKEN[name]) ?? null;
}

/** How many would fit if each takes as much as those did that there were, as each of these allows; Infinity where none was taken. */
export function extrapolate(count: number, before: Room, now: Room): Room {
  const fit = (name: keyof Room): number => {
    const each = (before[name] - now[name]) / count;
    return each > 0 ? Math.floor(before[name] / each) : Number.POSITIVE_INFINITY;
  };
  return { memoryMiB: fit("memoryMiB"), processes: fit("processes"), descriptors: fit("descriptors") };
}
