// What the evidence means for the caller. The list of statuses is a contract: architecture.md, "Verdicts".

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

export type VerdictStatus = (typeof VERDICT_STATUSES)[number];
export type Blame = "none" | "job" | "host" | "ambiguous";
/** `once`: one more try is worth it within the remaining budget. */
export type Retry = "no" | "once" | "yes";

export interface Verdict {
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
