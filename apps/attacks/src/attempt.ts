// One run of a hostile program: where it ran, and what came of it.
import type { Ended, StartName } from "./scenario.ts";

/**
 * - `safe`: as users run it
 * - `behind`: with the first wall missing; what stands behind it has to hold
 * - `plain`: on posix-fork, for what that holds, too
 * - `openly`: with the control switched off, to see that the attack is one
 */
export type Mode = "safe" | "behind" | "plain" | "openly";

export interface Trial {
  readonly mode: Mode;
  readonly start: StartName | "bare";
}

export interface Attempt {
  /** `refused` where the host threw; `ended` for a process outside of every sandbox. */
  readonly status: string;
  readonly blame: string;
  /** What the program says: stdout of a command, the value of a function; of what was refused the error. */
  readonly said: string;
  /** Everything that came out of the job in whatever way. */
  readonly everything: string;
  /** null where there was no job. */
  readonly ended: Ended | null;
}
