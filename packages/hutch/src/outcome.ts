// How a function or wasm job ended, for execute(): a value, or what went wrong. Never an exception.
import type { Report, Verdict } from "@hutch/core";

interface Ended {
  readonly verdict: Verdict;
  readonly report: Report;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export type Outcome<T = unknown> =
  | (Ended & { readonly ok: true; readonly value: T })
  /** `error` is the error that the job's own code threw, rebuilt from name, message and stack; undefined where it threw none. */
  | (Ended & { readonly ok: false; readonly error: Error | undefined });
