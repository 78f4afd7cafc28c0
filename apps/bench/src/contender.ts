// What a scenario lets run against what, and what the answer should be. Data and one function per contender.
import type { Target } from "./target.ts";

/** What one turn gave, in the scenario's unit. */
export interface Turn {
  readonly value: number;
  /** What the value is made of, by name, in the same unit. */
  readonly parts?: Readonly<Record<string, number>>;
  /** What has to be said of it; the table shows the last one of a contender. */
  readonly note?: string;
}

/** Its place in a plot with an axis of its own: jobs at once, sandboxes created, milliseconds of work. */
export interface Place {
  readonly series: string;
  readonly at: number;
}

/** One way of doing the same thing. */
export interface Contender {
  readonly name: string;
  /** How to repeat it by hand: the exact command line, or the call. */
  readonly how: string;
  readonly place?: Place;
  /**
   * Does it once. What it leaves behind counts for the next one, so it awaits its own end.
   * @param signal the run is ended: what takes long may stop, and its turn is not counted
   * @throws when it did not work
   */
  run(signal: AbortSignal): Promise<Turn>;
}

/** A contender that this machine does not have, and how to get it. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

/** Everything of a scenario that is up and running; disposing it ends workers and removes files. */
export interface Stage extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  readonly absent: readonly Absent[];
  readonly targets: readonly Target[];
  /** What every ratio of the table is a ratio to; null where ratios mean nothing. */
  readonly baseline: string | null;
}

export type Unit = "ms" | "MiB" | "per s" | "jobs";

/**
 * - `spread`: how often a value was at most so large, one curve per contender
 * - `line`: the median over the contender's place
 * - `course`: the median of neighbouring turns over the number of the turn
 * - `error`: every value beside zero, which is exact
 * - `bars`: the median
 */
export type PlotKind = "spread" | "line" | "course" | "error" | "bars";

/** Of a full run, of a quick one, and of one that takes as long as it takes. */
interface Effort {
  readonly full: number;
  readonly quick: number;
  readonly long?: number;
}

/** What a scenario may know of the run that it is part of. */
export interface Circumstances {
  readonly effort: keyof Effort;
  readonly quick: boolean;
  /** Folder with peers that were installed for the bench. */
  readonly peers: string;
  /** The run is ended: nothing more need be started. */
  readonly signal: AbortSignal;
}

export interface Scenario {
  readonly name: string;
  readonly says: string;
  readonly unit: Unit;
  readonly plot: PlotKind;
  /** What the numbers of the places are; only for `line`. */
  readonly axis?: string;
  /** Measured rounds at most. */
  readonly rounds: Effort;
  /** No round but the first begins later than this after the first of the warm-up. */
  readonly seconds: Effort;
  /** Rounds before the first measured one. */
  readonly warmUp?: number;
  /** Idle time after each turn, so that what a contender leaves to the kernel (teardown of namespaces) is not billed to the next. */
  readonly settleMs?: number;
  prepare(circumstances: Circumstances): Promise<Stage>;
}
