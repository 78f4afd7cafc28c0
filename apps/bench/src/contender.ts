// What a scenario lets run against what, and what the answer should be. Data and one function per contender.

/** One way of doing the same thing. */
export interface Contender {
  readonly name: string;
  /** How to repeat it by hand: the exact command line, or the call. */
  readonly how: string;
  /** Does it once. What it leaves behind counts for the next one, so it awaits its own end. @throws when it did not work */
  run(): Promise<void>;
}

/** A contender that this machine does not have, and how to get it. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

/**
 * What a pair of medians should be.
 * - `ratio`: `of` divided by `to`
 * - `difference`: `of` minus `to`, in milliseconds
 */
export interface Target {
  readonly kind: "ratio" | "difference";
  readonly of: string;
  readonly to: string;
  readonly atMost: number;
  readonly says: string;
}

/** Everything of a scenario that is up and running; disposing it ends workers and removes files. */
export interface Stage extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  readonly absent: readonly Absent[];
  readonly targets: readonly Target[];
  /** What every ratio of the table is a ratio to. */
  readonly baseline: string;
}

export interface Scenario {
  readonly name: string;
  readonly says: string;
  /** Measured rounds of a full run, and of a quick one. */
  readonly rounds: { readonly full: number; readonly quick: number };
  prepare(): Promise<Stage>;
}
