// When a launch passed what. Its processes count ticks of the processor, because behind a filter they may ask no clock of the
// kernel; the launcher reads its own clock before and after, and what lies between is in proportion.
// On processors whose counters differ a moment can be wrong; none is before the launch or after it, or before an earlier one.

/** Milliseconds of performance.now() in the launching process. null: not passed, not in sight, or there are no ticks. */
export interface LaunchMoments {
  readonly begunMs: number;
  /** The first process runs, in its namespaces. */
  readonly clonedMs: number | null;
  /** Every step is walked but the one that executes the job's program. */
  readonly walkedMs: number | null;
  /** The job's program has taken the place of what launched it. */
  readonly executedMs: number | null;
}

// The order of the marks in walk-plan.c.
const [BEGUN, CLONED, WALKED, EXECUTED, SETTLED] = [0, 1, 2, 3, 4] as const;

/** @param marks ticks of the five marks of walk-plan.c; 0 for what was not passed */
export function momentsOf(marks: Float64Array, begunMs: number, settledMs: number): LaunchMoments {
  const clonedMs = momentOf(marks, CLONED, begunMs, begunMs, settledMs);
  const walkedMs = momentOf(marks, WALKED, begunMs, clonedMs ?? begunMs, settledMs);
  const executedMs = momentOf(marks, EXECUTED, begunMs, walkedMs ?? clonedMs ?? begunMs, settledMs);
  return { begunMs, clonedMs, walkedMs, executedMs };
}

/** @param earliestMs what was passed before it, as far as that is known */
function momentOf(
  marks: Float64Array,
  which: number,
  begunMs: number,
  earliestMs: number,
  settledMs: number,
): number | null {
  const mark = marks[which] ?? 0;
  const begun = marks[BEGUN] ?? 0;
  const ticks = (marks[SETTLED] ?? 0) - begun;
  if (mark === 0 || !(ticks > 0)) return null;
  const atMs = begunMs + ((mark - begun) / ticks) * (settledMs - begunMs);
  return Math.min(settledMs, Math.max(earliestMs, atMs));
}
