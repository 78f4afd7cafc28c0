// Runs the scenarios one after another, and prints the table of each when it is done.
import { homedir } from "node:os";
import { join } from "node:path";
import type { BenchFlags } from "./bench-flags.ts";
import type { Absent, Scenario } from "./contender.ts";
import type { ScenarioResult } from "./judge.ts";
import { describeMachine } from "./machine-description.ts";
import { showProgress } from "./progress.ts";
import { absentGroups } from "./report/absent-groups.ts";
import { RESULTS_VERSION, type Results } from "./report/results.ts";
import { scenarioText } from "./report/terminal.ts";
import { machineText } from "./report/wording.ts";
import { runScenario, type ScenarioOptions } from "./run-scenario.ts";

/** A quick run ends within 45 seconds on a busy machine too, a full one within three minutes: what has no time left is left out. */
const BUDGET_MS: Readonly<Record<BenchFlags["effort"], number>> = {
  quick: 38_000,
  full: 165_000,
  long: Number.POSITIVE_INFINITY,
};

const ENDED = "the run was ended";

/** An abort ends it early: the results then have what was measured until then. */
export async function runBench(flags: BenchFlags, known: readonly Scenario[], signal: AbortSignal): Promise<Results> {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const machine = describeMachine();
  console.log(`${machineText(machine)}\n`);
  const wanted = known.filter(({ name }) => flags.scenarios.length === 0 || flags.scenarios.includes(name));
  const budgetMs = flags.rounds === null ? BUDGET_MS[flags.effort] : Number.POSITIVE_INFINITY;
  const scenarios: ScenarioResult[] = [];
  const leftOut: Absent[] = [];
  for (const [index, scenario] of wanted.entries()) {
    const remainingMs = budgetMs - (performance.now() - startedMs);
    const progress = showProgress(scenario, [index + 1, wanted.length], startedMs);
    const result = await tryScenario(scenario, {
      effort: flags.effort,
      rounds: flags.rounds,
      quick: flags.effort === "quick",
      peers: flags.peers ?? defaultPeers(),
      remainingMs,
      signal,
      onRound: progress.onRound,
    });
    progress.clear();
    if (typeof result === "string") leftOut.push({ name: scenario.name, why: result });
    else {
      scenarios.push(result);
      console.log(`${scenarioText(result)}\n`);
    }
  }
  for (const { name, why } of absentGroups(leftOut))
    console.log(`Left out: ${name}: ${why}; --scenario NAME runs one alone\n`);
  return {
    version: RESULTS_VERSION,
    startedAt,
    seconds: (performance.now() - startedMs) / 1000,
    effort: flags.effort,
    pinned: flags.pin,
    interrupted: signal.aborted,
    machine,
    leftOut,
    scenarios,
  };
}

/** @returns why there is no result, in words */
async function tryScenario(scenario: Scenario, options: ScenarioOptions): Promise<ScenarioResult | string> {
  if (options.signal.aborted) return ENDED;
  if (options.remainingMs <= 0) return "the time was up";
  try {
    const result = await runScenario(scenario, options);
    return result.rows.length === 0 && options.signal.aborted ? ENDED : result;
  } catch (error) {
    // A terminal's Ctrl-C also ends what was just being started.
    if (options.signal.aborted) return ENDED;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where install-peers.sh puts them when it is told nothing else. */
function defaultPeers(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "hutch-bench");
}
