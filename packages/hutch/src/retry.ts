// Whether a job runs again: only where its verdict says that this may help, which no verdict does that blames the job.
import type { Attempt, Report, Verdict } from "@hutch/core";

/** @param made tries after the first that were made already @param retries how many the caller allows */
export function mayRetry({ retry }: Pick<Verdict, "retry">, made: number, retries: number): boolean {
  if (retry === "no") return false;
  return made < (retry === "once" ? Math.min(1, retries) : retries);
}

/** What is kept of a try that another one followed. */
export function attemptOf({ status, blame, reason, usage }: Report): Attempt {
  return { status, blame, reason, usage };
}
