// How a function or wasm job ended, for execute(): a value, or what went wrong. Never an exception.
import type { Report, Verdict } from "@hutch/core";

interface Ended {
  readonly verdict: Verdict;
  readonly report: Report;
  /** What it printed, up to `limits.outputBytes` of both together. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** How a job of a pool ended. Look at `ok`: it says whether there is a `value`. */
export type Outcome<T = unknown> =
  | (Ended & { readonly ok: true; readonly value: T })
  /** `error` is the error that the job's own code threw, rebuilt from name, message and stack; undefined where it threw none. */
  | (Ended & { readonly ok: false; readonly error: Error | undefined });
