#!/usr/bin/env bun
// The bench: runs scenarios, prints their tables and the list of targets, and writes the files that --out asks for.
// Ctrl-C ends it after the turn that runs; what was measured until then is printed and written.
import { type BenchFlags, parseFlags, USAGE } from "./bench-flags.ts";
import { compareResults } from "./compare/compare-results.ts";
import { checkExpectations, readExpectations } from "./compare/expectations.ts";
import { interruption } from "./interruption.ts";
import { pinTo } from "./pin.ts";
import { changesText, expectationsText } from "./report/comparison-text.ts";
import { type Results, readResults } from "./report/results.ts";
import { checkListText } from "./report/terminal.ts";
import { writeFiles } from "./report/write-files.ts";
import { runBench } from "./run-bench.ts";
import { SCENARIOS } from "./scenario-list.ts";

const WRONG_USAGE = 2;
const INTERRUPTED = 130;

/** @returns the exit status */
async function bench(flags: BenchFlags): Promise<number> {
  const expectations = flags.expect === null ? [] : readExpectations(flags.expect);
  if (flags.pin !== null) pinTo(flags.pin);
  const results = await runBench(flags, SCENARIOS, interruption());
  console.log(checkListText(results.scenarios));
  const kept = checkExpectations(expectations, results);
  if (kept.length > 0) console.log(`\n${expectationsText(kept)}`);
  if (flags.out !== null) console.log(`\nWritten: ${writeFiles(flags.out, results).join(", ")}`);
  if (results.interrupted) return INTERRUPTED;
  const broken = kept.filter(({ state }) => state === "broken").map(({ scenario }) => scenario);
  if (broken.length > 0) console.error(`Slower than expected: ${[...new Set(broken)].join(", ")}`);
  return broken.length > 0 ? 1 : 0;
}

async function main(): Promise<number> {
  let flags: BenchFlags;
  try {
    flags = parseFlags(
      process.argv.slice(2),
      SCENARIOS.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return WRONG_USAGE;
  }
  try {
    if (flags.help) console.log(USAGE);
    else if (flags.list) for (const { name, says } of SCENARIOS) console.log(`${name.padEnd(18)}${says}`);
    else if (flags.compare !== null) console.log(changesText(compareResults(...readBoth(flags.compare))));
    else return await bench(flags);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return WRONG_USAGE;
  }
}

function readBoth([before, after]: readonly [string, string]): [Results, Results] {
  return [readResults(before), readResults(after)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Signals are still listened to, and would keep it alive.
process.exit(await main());
