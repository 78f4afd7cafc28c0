// The bench: runs scenarios, prints their tables and the list of targets, and writes the files that --out asks for.
// Ctrl-C ends it after the turn that runs; what was measured until then is printed and written.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchFlags, parseFlags, USAGE } from "./bench-flags.ts";
import type { ScenarioResult } from "./judge.ts";
import { describeMachine } from "./machine-description.ts";
import { markdownReport } from "./report/markdown.ts";
import type { Results } from "./report/results.ts";
import { checkListText, scenarioText } from "./report/terminal.ts";
import { machineText } from "./report/wording.ts";
import { runScenario } from "./run-scenario.ts";
import { SCENARIOS } from "./scenario-list.ts";

const WRONG_USAGE = 2;

async function bench(flags: BenchFlags): Promise<void> {
  const startedAt = new Date().toISOString();
  const machine = describeMachine();
  console.log(`${machineText(machine)}\n`);
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());

  const scenarios: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    if (flags.scenarios.length > 0 && !flags.scenarios.includes(scenario.name)) continue;
    if (interruption.signal.aborted) break;
    const rounds = flags.rounds ?? scenario.rounds[flags.quick ? "quick" : "full"];
    const result = await runScenario(scenario, {
      rounds,
      signal: interruption.signal,
      onRound: progress(scenario.name),
    });
    scenarios.push(result);
    console.log(`${scenarioText(result)}\n`);
  }
  console.log(checkListText(scenarios));
  if (flags.out !== null)
    write(flags.out, {
      version: 1,
      startedAt,
      quick: flags.quick,
      interrupted: interruption.signal.aborted,
      machine,
      scenarios,
    });
}

/** One line that is written over itself, on a terminal only. */
function progress(name: string): (round: number, rounds: number) => void {
  if (!process.stderr.isTTY) return () => {};
  return (round, rounds) =>
    process.stderr.write(round === rounds ? "\r\x1b[K" : `\r${name}: round ${round} of ${rounds}\x1b[K`);
}

function write(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(folder, "results.md"), markdownReport(results));
  console.log(`\nWritten: ${join(folder, "results.json")}, ${join(folder, "results.md")}`);
}

function readFlags(): BenchFlags | null {
  try {
    return parseFlags(
      process.argv.slice(2),
      SCENARIOS.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return null;
  }
}

const flags = readFlags();
if (flags === null) process.exitCode = WRONG_USAGE;
else if (flags.help) console.log(USAGE);
else await bench(flags);
