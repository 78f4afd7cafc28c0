// What a finished command is for the caller. A non-zero exit is data, not an exception.
import { JobError, type Report, type Verdict } from "@hutch/core";

export interface RunResult {
  /** The verdict is `ok`. */
  readonly ok: boolean;
  readonly verdict: Verdict;
  readonly report: Report;
  /** null when a signal ended it or it never ran. */
  readonly exitCode: number | null;
  readonly signal: string | null;
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
