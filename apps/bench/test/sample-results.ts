// Results of a run that never was: every kind of plot, with names that a page could trip over.
import type { Place, PlotKind } from "../src/contender.ts";
import { judge } from "../src/judge.ts";
import { describeMachine } from "../src/machine-description.ts";
import type { Measured } from "../src/measure.ts";
import { RESULTS_VERSION, type Results } from "../src/report/results.ts";
import { seededRandom } from "../src/statistics/bootstrap.ts";

const ROUNDS = 30;
const QUIET = { loadBefore: 0, loadAfter: 0, busyShare: 0, stealShare: 0, clockMhz: null, note: "" };

/** @param scale of all values, to make a run that was slower */
export function sampleResults(scale = 1): Results {
  const random = seededRandom(7);
  const values = (middle: number): number[] =>
    Array.from({ length: ROUNDS }, () => middle * scale * (0.9 + 0.2 * random()));
  const row = (name: string, middle: number, place?: Place): Measured => ({
    name,
    how: `run "${name}"`,
    values: values(middle),
    ...(place === undefined ? {} : { place }),
  });
  const kinds: Readonly<Record<PlotKind, readonly Measured[]>> = {
    spread: [row("plain", 1), { ...row('<b>"ours"</b>', 2), parts: { setup: values(1.5), rest: values(0.5) } }],
    line: [row("a, 1 at once", 5, { series: "a", at: 1 }), row("a, 8 at once", 30, { series: "a", at: 8 })],
    course: [row("calls", 3)],
    error: [row("job", 0.2)],
    bars: [row("worker", 40)],
  };
  const scenarios = Object.entries(kinds).map(([plot, measured]) =>
    judge(
      {
        name: `sample-${plot}`,
        says: "nothing that was measured",
        unit: "ms",
        plot: plot as PlotKind,
        axis: "at once",
        rounds: { full: 1, quick: 1 },
        seconds: { full: 1, quick: 1 },
        prepare: () => Promise.reject(new Error("never prepared")),
      },
      {
        baseline: measured[0]?.name ?? null,
        absent: [{ name: "nobody", why: "not installed & <missing>" }],
        targets: [{ kind: "bound", of: "job", quantile: 1, atMost: 1, says: "an error" }],
      },
      { measured, failed: [] },
      QUIET,
    ),
  );
  return {
    version: RESULTS_VERSION,
    startedAt: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    effort: "quick",
    pinned: null,
    interrupted: false,
    leftOut: [],
    machine: describeMachine(),
    scenarios,
  };
}
