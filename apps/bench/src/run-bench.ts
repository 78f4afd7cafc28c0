// Runs the scenarios one after another, and prints the table of each when it is done.
import { homedir } from "node:os";
import { join } from "node:path";
import type { BenchFlags } from "./bench-flags.ts";
import type { Scenario } from "./contender.ts";
import type { ScenarioResult } from "./judge.ts";
import { describeMachine } from "./machine-description.ts";
import { showProgress } from "./progress.ts";
import { RESULTS_VERSION, type Results } from "./report/results.ts";
import { scenarioText } from "./report/terminal.ts";
import { machineText } from "./report/wording.ts";
import { runScenario } from "./run-scenario.ts";

/** An abort ends it early: the results then have what was measured until then. */
export async function runBench(flags: BenchFlags, known: readonly Scenario[], signal: AbortSignal): Promise<Results> {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const machine = describeMachine();
  console.log(`${machineText(machine)}\n`);
  const wanted = known.filter(({ name }) => flags.scenarios.length === 0 || flags.scenarios.includes(name));
  const scenarios: ScenarioResult[] = [];
  for (const [index, scenario] of wanted.entries()) {
    if (signal.aborted) break;
    const progress = showProgress(scenario, [index + 1, wanted.length], startedMs);
    const result = await runScenario(scenario, {
      effort: flags.effort,
      rounds: flags.rounds,
      quick: flags.effort === "quick",
      peers: flags.peers ?? defaultPeers(),
      signal,
      onRound: progress.onRound,
    });
    progress.clear();
    if (result.rows.length === 0 && signal.aborted) break;
    scenarios.push(result);
    console.log(`${scenarioText(result)}\n`);
  }
  return {
    version: RESULTS_VERSION,
    startedAt,
    seconds: (performance.now() - startedMs) / 1000,
    effort: flags.effort,
    pinned: flags.pin,
    interrupted: signal.aborted,
    machine,
    scenarios,
  };
}

/** Where install-peers.sh puts them when it is told nothing else. */
function defaultPeers(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hutch-bench");
}
