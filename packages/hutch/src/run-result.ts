// What a finished command is for the caller. A non-zero exit is data, not an exception.
import { JobError, type Report, type Verdict } from "@hutch/core";

/** A command that ended. */
export interface RunResult {
  /** The verdict is `ok`. */
  readonly ok: boolean;
  readonly verdict: Verdict;
  /** What it used and what was enforced. */
  readonly report: Report;
  /** null when a signal ended it or it never ran. */
  readonly exitCode: number | null;
  /** Such as `SIGSEGV`; null when it ended by itself. */
  readonly signal: string | null;
  /** All of it, up to `limits.outputBytes` of both streams together. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** UTF-8 text of a stream; bytes that are not UTF-8 become U+FFFD. */
  text(stream?: "stdout" | "stderr"): string;
  /** This result if it is ok. @throws JobError otherwise */
  orThrow(): RunResult;
}

export function runResult(verdict: Verdict, report: Report, stdout: Uint8Array, stderr: Uint8Array): RunResult {
  const result: RunResult = {
    ok: verdict.status === "ok",
    verdict,
    report,
    exitCode: verdict.exitCode,
    signal: verdict.signal,
    stdout,
    stderr,
    text: (stream = "stdout") => new TextDecoder().decode(stream === "stdout" ? stdout : stderr),
    orThrow: () => {
      if (verdict.status !== "ok") throw new JobError(verdict);
      return result;
    },
  };
  return result;
}
