// What a worker's own process holds in memory, without its jobs: read from /proc, because the worker is not asked about itself.
import { readFileSync } from "node:fs";
import { parseRssBytes } from "@hutch/linux-clone";

/**
 * @param pid the worker's first process as this process sees it
 * @param init whether that is an init of ours, whose first child the worker is
 * @returns bytes that it wrote to; 0 when it is gone
 */
export function workerMemoryBytes(pid: number, init: boolean): number {
  try {
    const worker = init ? Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ")[0]) : pid;
    return worker > 0 ? parseRssBytes(readFileSync(`/proc/${worker}/status`, "latin1")) : 0;
  } catch (error) {
    if (error instanceof Error && "code" in error) return 0;
    throw error;
  }
}
