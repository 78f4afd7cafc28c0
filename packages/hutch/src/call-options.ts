// Options of every call to a pool, checked before the call waits for a worker.
import { type Limits, type Payload, parseLimits, suggest } from "@hutch/core";
import { PRIORITIES, type Priority } from "./fair-queue.ts";
import type { JobOptions, Stdin } from "./job-options.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { checkWholeNumber } from "./whole-number.ts";

export interface CallOptions extends JobOptions {
  /**
   * While callers of all three priorities wait, 8 of 12 jobs are those of `high`, 3 of `normal` and 1 of `low`, so that none
   * starves. `normal` unless given.
   */
  readonly priority?: Priority;
  /** For whom the job is, such as a tenant's id: callers of one priority take turns. Calls that give none are one caller. */
  readonly caller?: string;
  /**
   * Milliseconds from the call, waiting for a worker included. When they have passed the job is ended, if it started, and the
   * promise rejects with HostError DEADLINE_PASSED: nobody is blamed. No deadline unless given.
   */
  readonly deadlineMs?: number;
}

export interface CommandOptions extends CallOptions {
  readonly stdin?: Stdin;
}

export interface WasiOptions extends CallOptions {
  readonly stdin?: Uint8Array | Payload;
}

export interface CheckedCall {
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  readonly priority: Priority;
  readonly caller: string;
  readonly deadlineMs: number | null;
}

const KNOWN = ["limits", "signal", "priority", "caller", "deadlineMs"];
const LONGEST_CALLER = 1024;
const DAY_MS = 86_400_000;

/**
 * @param more names of options that only this kind of call has
 * @throws TypeError or RangeError that names the option
 */
export function checkCallOptions(options: CallOptions, limits: Limits, more: readonly string[] = []): CheckedCall {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`Cannot use ${String(options)} as options: expected an object`);
  refuseUnknown(options, [...KNOWN, ...more]);
  const { priority = "normal", caller = "", deadlineMs } = options;
  if (!PRIORITIES.includes(priority))
    throw new TypeError(
      `Cannot use priority = ${JSON.stringify(priority)}: expected ${PRIORITIES.map((each) => `"${each}"`).join(", ")}${suggest(String(priority), PRIORITIES)}`,
    );
  if (typeof caller !== "string" || caller.length > LONGEST_CALLER)
    throw new TypeError(`Cannot use caller: expected text of up to ${LONGEST_CALLER} characters`);
  if (deadlineMs !== undefined) checkWholeNumber("deadlineMs", deadlineMs, 1, DAY_MS);
  return {
    limits: parseLimits(options.limits ?? {}, limits),
    signal: options.signal,
    priority,
    caller,
    deadlineMs: deadlineMs ?? null,
  };
}
