// What an attack is: one hostile program, the control that stops it, and how to see it succeed without that control. Data only.
import type { ControlName, Limits, Policy, RunResult, VerdictStatus } from "hutch";
import type { Stage } from "./stage.ts";

/** What a program says: lines of `WAY: held ERRNO` or `WAY: reached …`, unless a scenario has words of its own. */
export interface Expected {
  /** `refused`: the host took the job for wrong and threw; what it threw is what was said. `ok` unless given. */
  readonly status?: VerdictStatus | "refused" | readonly VerdictStatus[];
  /** Instead of the rule that every way is held, or, where the control is off, that every way is reached. */
  readonly says?: RegExp;
  /** Where the control is off: the ways that are reached then. All of them unless given. */
  readonly reaches?: readonly string[];
}

/** Something of this machine without which a program cannot be tried. */
export interface Need {
  readonly what: string;
  readonly here: () => boolean;
  /** Of a kernel feature: another sign that this kernel has it, with which a skip is a failure. */
  readonly sign?: () => boolean;
}

/**
 * How the same program runs with its control switched off.
 * - `policy`: in the sandbox, with a weaker policy or larger limits
 * - `posix-fork`: on the backend that isolates nothing
 * - `bare`: a process without any sandbox; `within` is what it is started by, so that the machine stays as it is
 * - `nowhere`: it cannot be switched off from outside; `why` says where it is seen
 */
type Openly =
  | {
      readonly by: "policy";
      readonly policy?: Partial<Policy>;
      readonly limits?: Partial<Limits>;
      readonly expected?: Expected;
      readonly needs?: readonly Need[];
    }
  | { readonly by: "posix-fork"; readonly expected?: Expected; readonly needs?: readonly Need[] }
  | {
      readonly by: "bare";
      readonly within?: readonly string[];
      readonly expected?: Expected;
      readonly needs?: readonly Need[];
    }
  | { readonly by: "nowhere"; readonly why: string };

export type StartName = "exec" | "standby" | "warm";

/** A job that ended, as the checks of a scenario see it. */
export interface Ended {
  readonly verdict: RunResult["verdict"];
  readonly report: RunResult["report"];
}

export interface Scenario {
  /** Its place in the tables. */
  readonly name: string;
  /** Attacks of the list that it tries; none for a neighbour of one. */
  readonly from: readonly string[];
  /** What the program does, in the third person. */
  readonly does: string;
  /** What stops it. `host`: no control of the sandbox but how the host treats what comes from a job. */
  readonly control: ControlName | "host";
  /** A file of test/programs; its ending says what it is: `.ts` a function, the others commands. */
  readonly program: string;
  readonly argument?: string;
  readonly needs?: readonly Need[];
  /** Whose jobs it concerns; everybody's unless given. */
  readonly only?: "root" | "unprivileged";
  readonly policy?: (stage: Stage) => Partial<Policy>;
  readonly limits?: Partial<Limits>;
  readonly stdin?: string;
  readonly safe?: Expected;
  /** Runs once more with this part of the policy, in which the first wall is missing: it is held all the same. */
  readonly behind?: Partial<Policy>;
  /** How it has to end on posix-fork, where that holds it, too. */
  readonly plain?: Expected;
  readonly openly: Openly;
  /** What the report has to say besides; an empty list is well. */
  readonly check?: (ended: Ended, counted: boolean) => readonly string[];
  /** What the host does while the job runs. */
  readonly meanwhile?: (stage: Stage, signal: AbortSignal) => Promise<void>;
}
