// Errors that callers are expected to catch. Wrong options are TypeError and RangeError and are not in here.
// Branch on `code`, never on `message`.
import type { ControlReport } from "./controls.ts";
import type { Verdict } from "./verdict.ts";

const ERROR_CODES = [
  "HOST_FAILURE",
  "SANDBOX_REFUSED",
  "POLICY_NOT_APPLICABLE",
  "JOB_FAILED",
  "POOL_CLOSED",
  "QUEUE_FULL",
  "DEADLINE_PASSED",
  "WORKER_START_FAILED",
  "VERSION_MISMATCH",
  "ARTIFACT_INVALID",
  "STORE_UNUSABLE",
  "VALUE_NOT_ENCODABLE",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

const BRAND: symbol = Symbol.for("hutch.error");

/** Something on our side failed, or the sandbox was refused. No job is to blame. */
export class HostError extends Error {
  override readonly name: string = "HostError";
  /** What to branch on: messages may change. */
  readonly code: ErrorCode;
  /** What the machine's owner or the caller can do, one line each. */
  readonly hints: readonly string[];
  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly hints?: readonly string[] } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.hints = options.hints ?? [];
  }
}

/** A required control cannot be enforced on this machine. Nothing was run. */
export class SandboxRefusedError extends HostError {
  override readonly name: string = "SandboxRefusedError";
  /** Each with its reason, and what the machine's owner can change. */
  readonly missing: readonly ControlReport[];
  constructor(missing: readonly ControlReport[]) {
    const list = missing.map((control) => `${control.name} (${control.why})`).join("; ");
    super("SANDBOX_REFUSED", `Cannot start the sandbox: ${list}`, {
      hints: missing.flatMap((control) => (control.fix === undefined ? [] : [control.fix])),
    });
    this.missing = missing;
  }
}

/** Thrown by `pool.call()`: the job ended, and not with a value. `cause` is the job's own error where it threw one. */
export class JobError extends HostError {
  override readonly name: string = "JobError";
  /** How the job ended: never `ok`. */
  readonly verdict: Verdict;
  constructor(verdict: Verdict, cause?: unknown) {
    super("JOB_FAILED", `${verdict.status}: ${verdict.reason}`, cause === undefined ? {} : { cause });
    this.verdict = verdict;
  }
}

/** True for every error of Hutch, also one that came from another copy of the package. */
export function isHutchError(error: unknown): error is HostError {
  return typeof error === "object" && error !== null && Reflect.get(error, BRAND) === true;
}
