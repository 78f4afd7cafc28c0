#!/usr/bin/env bun
// The bench: runs scenarios, prints their tables and the list of targets, and writes the files that --out asks for.
// Ctrl-C ends it after the turn that runs; what was measured until then is printed and written.
import { type BenchFlags, parseFlags, USAGE } from "./bench-flags.ts";
import { interruption } from "./interruption.ts";
import { pinTo } from "./pin.ts";
import { checkListText } from "./report/terminal.ts";
import { writeFiles } from "./report/write-files.ts";
import { runBench } from "./run-bench.ts";
import { SCENARIOS } from "./scenario-list.ts";

const WRONG_USAGE = 2;

const INTERRUPTED = 130;

/** @returns the exit status */
async function bench(flags: BenchFlags): Promise<number> {
  if (flags.pin !== null) pinTo(flags.pin);
  const signal = interruption();
  const results = await runBench(flags, SCENARIOS, signal);
  console.log(checkListText(results.scenarios));
  if (flags.out !== null) console.log(`\nWritten: ${writeFiles(flags.out, results).join(", ")}`);
  return results.interrupted ? INTERRUPTED : 0;
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
else if (flags.list) for (const { name, says } of SCENARIOS) console.log(`${name.padEnd(20)} ${says}`);
else {
  const status = await bench(flags);
  // Signals are still listened to, and would keep it alive.
  process.exit(status);
}
