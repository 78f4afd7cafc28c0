// What the evidence means for the caller. The list of statuses is a contract: architecture.md, "Verdicts".

/** Every status, in the order in which documents list them. */
export const VERDICT_STATUSES = [
  "ok",
  "failed",
  "cpu-limit",
  "wall-limit",
  "memory-limit",
  "output-limit",
  "process-limit",
  "disk-limit",
  "signaled",
  "violation",
  "invalid-payload",
  "invalid-artifact",
  "invalid-response",
  "worker-died",
  "internal",
] as const;

/** How a job ended, in one word: docs/verdicts.md says when it is which. */
export type VerdictStatus = (typeof VERDICT_STATUSES)[number];
/**
 * Whose fault it was. `none`: nobody's, it is ok. `ambiguous`: it cannot be told, because the job could have made it look so.
 */
export type Blame = "none" | "job" | "host" | "ambiguous";
/** Whether the same job may end otherwise: `once` where one more try is worth it, `yes` where any number is. */
export type Retry = "no" | "once" | "yes";

/** What became of a job: one per job, decided from the evidence alone. */
export interface Verdict {
  /** `ok`, or the first thing that went wrong. */
  readonly status: VerdictStatus;
  readonly blame: Blame;
  readonly retry: Retry;
  /** One sentence without a full stop: what happened, with the figures that prove it. */
  readonly reason: string;
  /** Exit code of the job's main process; null when it ended by a signal or never ran. */
  readonly exitCode: number | null;
  /** Signal name (`SIGSEGV`) when the main process ended by one, whoever sent it. */
  readonly signal: string | null;
  /** errno name when the command could not be executed at all: ENOENT, EACCES, ENOEXEC. */
  readonly executeError: string | null;
}
