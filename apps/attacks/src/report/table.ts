// The table in the log: one line for each trial.
import Table from "cli-table3";
import picocolors from "picocolors";
import type { ScenarioResults } from "../run-suite.ts";
import { outcomeOf } from "./outcome.ts";

const WIDEST = 60;
const MODES = { safe: "", behind: ", without its first wall", plain: ", posix-fork", openly: ", control off" } as const;

export function resultsTable(results: readonly ScenarioResults[], user: string): string {
  const table = new Table({
    head: ["Scenario", "From", "Control", "Start", "User", "Outcome"],
    colWidths: [null, null, null, null, null, WIDEST],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { scenario, trials } of results)
    for (const trial of trials) {
      const outcome = outcomeOf(trial);
      const colour = trial.problems.length > 0 ? picocolors.red : trial.skipped !== null ? picocolors.yellow : String;
      table.push([
        scenario.name,
        scenario.from.join(" "),
        scenario.control,
        `${trial.start}${MODES[trial.mode]}`,
        user,
        colour(outcome),
      ]);
    }
  return table.toString();
}
