// The launch plan: the ordered syscalls that turn a fresh clone into the confined job, as plain data.
// A backend's plan() makes it, the native walker in packages/syscall walks it, `explain` prints it.
import type { StepName } from "./steps.ts";

/**
 * One argument of a step.
 * - number or bigint: the value itself
 * - `text`: pointer to a NUL-terminated string; `bytes`: pointer to memory with this content, or `at` bytes into it. The same
 *   object is the same memory in all steps of a plan, so that one can look at what another was told
 * - `filter`: pointer to struct sock_fprog for these instructions, as seccomp(2) takes it
 * - `slot`: the result of the step that saved it
 * - `late`: a value or pointer bound for each job (a descriptor, argv, a limit), by name
 */
export type StepArgument =
  | number
  | bigint
  | { readonly text: string }
  | { readonly bytes: Uint8Array; readonly at?: number }
  | { readonly filter: Uint8Array }
  | { readonly slot: number }
  | { readonly late: LateName };

/** Names of what differs from job to job under one plan. Descriptors are numbers; the others are pointers or numbers. */
export type LateName = string;

/** One system call of a plan. */
export interface Step {
  /** What it is for, in words; errors and `explain` name a step so. */
  readonly name: StepName;
  /** What the step acts on, for error texts and `explain`: a path, a limit. */
  readonly detail?: string;
  /** Linux's name of the syscall: the walker's side looks up its number. */
  readonly call: string;
  /** At most six. */
  readonly args: readonly StepArgument[];
  /** Slot (0 to 11) that keeps the result. */
  readonly save?: number;
  /** errno that is not a failure here: a number, or "any". */
  readonly allow?: number | "any";
  /** Runs this many times, and each time one argument is higher by one. */
  readonly repeat?: number;
  /** Index of that argument; 0 unless given. */
  readonly counted?: number;
  /** Joins a cgroup by writing to its file. Left out where the kernel clones process 2 into the cgroup's folder. */
  readonly joins?: true;
  /**
   * RULE: true for what the caller asked for, a file of `policy.files` or `policy.cwd`. When such a step fails the policy is to
   * be mended (POLICY_NOT_APPLICABLE); when another one fails, the machine or we are to blame; `execute` is the command's own.
   */
  readonly ofPolicy?: boolean;
  /** Why it is here and why in this place: `explain` prints it. */
  readonly why: string;
}

/** Process 1 walks `outer`, then makes process 2, which walks `inner`; then process 1 walks `handover` and becomes init. */
export interface LaunchPlan {
  /** Flags of the first clone: the namespaces. */
  readonly cloneFlags: number;
  readonly outer: readonly Step[];
  readonly inner: readonly Step[];
  /** Empty together with `outer`: then there is no process 1 and the clone itself is the job. */
  readonly handover: readonly Step[];
  readonly start: "exec" | "warm";
  /**
   * A warm job gets a second process that holds its memory beyond its end and does nothing else, so that the end is seen before
   * the kernel has freed that memory. It counts as one of the job's processes. Only with a process 1. False unless given.
   */
  readonly holdsMemory?: boolean;
}

export function planSteps(plan: LaunchPlan): Step[] {
  return [...plan.outer, ...plan.inner, ...plan.handover];
}

/** Fixed-size record of a step that failed. The index counts through outer, inner and handover. */
export interface StepFailure {
  readonly index: number;
  readonly errno: number;
}

/** `mount read-only "/usr" (step 12 of 31)` */
export function describeStep(plan: LaunchPlan, index: number): string {
  const steps = planSteps(plan);
  const step = steps[index];
  if (step === undefined) return `create process (after step ${steps.length})`;
  const detail = step.detail === undefined ? "" : ` ${step.detail}`;
  return `${step.name}${detail} (step ${index + 1} of ${steps.length})`;
}

/** Of a launch that was ended because one of its steps took too long. */
export function describeStandstill(plan: LaunchPlan, index: number): string {
  return `${describeStep(plan, index)} stood still for five seconds`;
}
