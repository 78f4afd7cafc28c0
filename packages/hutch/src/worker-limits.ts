// The limits of a worker itself, which is ours. Each of its jobs has its own.
import { type Limits, parseLimits } from "@hutch/core";

/** A worker's own limits are those of no job: it is ours. Its output is a log. */
export const WORKER_LIMITS: Limits = parseLimits({
  cpuMs: 86_400_000,
  wallMs: 86_400_000,
  outputBytes: 2 ** 40,
  openFiles: 4096,
  processes: 100_000,
  diskBytes: 16 * 2 ** 20,
  memoryBytes: 2 ** 40,
  fileSizeBytes: 2 ** 40,
});
