// Options of every call to a pool, checked before the call waits for a worker.
import { type Limits, type Payload, parseLimits, suggest } from "@hutch/core";
import { checkSignal } from "./check-signal.ts";
import { PRIORITIES, type Priority } from "./fair-queue.ts";
import type { JobOptions, Stdin } from "./job-options.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** Options of one call to a pool. */
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
  /**
   * How many more tries a job gets whose verdict says that one may help (`verdict.retry`): `yes` up to so many, `once` at most
   * one, never where the job is to blame, and none after the deadline. Each has the whole limits. The report lists the tries before the
   * last one as `attempts`. The pool's own unless given, and that is 0: what a job did outside, it would do again.
   */
  readonly retries?: number;
}

/** A command is not tried again: its output was given out as it came. */
export interface CommandOptions extends Omit<CallOptions, "retries"> {
  /** What it reads; /dev/null unless given. */
  readonly stdin?: Stdin;
}

/** Options of pool.wasi(). */
export interface WasiOptions extends CallOptions {
  /** What the command reads; nothing unless given. */
  readonly stdin?: Uint8Array | Payload;
}

export interface CheckedCall {
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  readonly priority: Priority;
  readonly caller: string;
  readonly deadlineMs: number | null;
  readonly retries: number;
}

/** What a call has that gives nothing else. */
export interface CallDefaults {
  readonly limits: Limits;
  readonly retries: number;
}

const KNOWN = ["limits", "signal", "priority", "caller", "deadlineMs"];
/** Of calls that may be tried again. */
export const RETRIED: readonly string[] = ["retries"];
export const MAX_RETRIES = 100;
const LONGEST_CALLER = 1024;
const DAY_MS = 86_400_000;

/**
 * @param more names of options that only this kind of call has
 * @throws TypeError or RangeError that names the option
 */
export function checkCallOptions(
  options: CallOptions,
  defaults: CallDefaults,
  more: readonly string[] = [],
): CheckedCall {
  refuseUnknown(options, [...KNOWN, ...more]);
  checkSignal(options.signal);
  const { priority = "normal", caller = "", deadlineMs } = options;
  if (!PRIORITIES.includes(priority))
    throw new TypeError(
      `Cannot use priority = ${JSON.stringify(priority)}: expected ${PRIORITIES.map((each) => `"${each}"`).join(", ")}${suggest(String(priority), PRIORITIES)}`,
    );
  if (typeof caller !== "string" || caller.length > LONGEST_CALLER)
    throw new TypeError(`Cannot use caller: expected text of up to ${LONGEST_CALLER} characters`);
  if (deadlineMs !== undefined) checkWholeNumber("deadlineMs", deadlineMs, 1, DAY_MS);
  return {
    limits: parseLimits(options.limits ?? {}, defaults.limits),
    signal: options.signal,
    priority,
    caller,
    deadlineMs: deadlineMs ?? null,
    retries: checkWholeNumber("retries", options.retries ?? defaults.retries, 0, MAX_RETRIES),
  };
}
