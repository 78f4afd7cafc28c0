// When a worker has served enough, and the next one takes its place.

export interface RetireAfter {
  /** Jobs that it has served. */
  readonly jobs?: number;
  /** Milliseconds since it was started. */
  readonly ageMs?: number;
  /** Bytes by which its own memory has grown since it was ready: what every job is then copied from. */
  readonly grownBytes?: number;
}

export type RetirementCause = "jobs" | "age" | "memory";

export interface WorkerService {
  readonly jobs: number;
  readonly ageMs: number;
  readonly grownBytes: number;
}

/** @returns null while it may go on */
export function whyRetire(
  after: Required<RetireAfter>,
  { jobs, ageMs, grownBytes }: WorkerService,
): RetirementCause | null {
  if (jobs >= after.jobs) return "jobs";
  if (ageMs >= after.ageMs) return "age";
  return grownBytes >= after.grownBytes ? "memory" : null;
}
