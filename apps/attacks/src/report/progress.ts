// One line for a scenario that ended, for who gathers the results of runs that are cut short: tools/guest reads it.
import type { TrialResult } from "../run-scenario.ts";
import type { Scenario } from "../scenario.ts";

/** `scenario NAME: {"passed": 4, "failed": [], "skipped": ["openly: it needs …"]}` */
export function progressLine({ name }: Scenario, trials: readonly TrialResult[]): string {
  const failed = trials.filter(({ problems }) => problems.length > 0);
  const skipped = trials.filter((trial) => trial.skipped !== null && !failed.includes(trial));
  const told = {
    passed: trials.length - failed.length - skipped.length,
    failed: failed.map(({ mode, start, problems }) => `${start}, ${mode}: ${problems.join("; ")}`),
    skipped: skipped.map(({ mode, start, skipped: why }) => `${start}, ${mode} (${why})`),
  };
  return `scenario ${name}: ${JSON.stringify(told)}`;
}
