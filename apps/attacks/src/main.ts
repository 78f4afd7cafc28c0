// The attack suite: every scenario in every way that applies, the table of what came of it, and what is wrong at the end.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Flags, parseFlags, USAGE } from "./flags.ts";
import { serveLane } from "./lane.ts";
import { renderDocument } from "./report/document.ts";
import { progressLine } from "./report/progress.ts";
import { readRecords, recordOf, writeRecord } from "./report/record.ts";
import { resultsTable } from "./report/table.ts";
import { runSuite } from "./run-suite.ts";
import { SCENARIOS } from "./scenario-list.ts";

const WRONG_USAGE = 2;
const DOCUMENT = join(import.meta.dir, "../../../docs/attacks.md");

async function attack(flags: Flags): Promise<number> {
  const chosen = SCENARIOS.filter(
    ({ name, from }) =>
      flags.only.length === 0 || flags.only.some((text) => name.includes(text) || from.includes(text)),
  );
  if (chosen.length === 0) throw new RangeError(`Cannot run ${flags.only.join(", ")}: no scenario has such a name`);
  const user = process.geteuid?.() === 0 ? "root" : "unprivileged";
  const started = performance.now();
  const { results, problems } = await runSuite(chosen, flags.lanes, ({ scenario, trials }) => {
    const wrong = trials.some((trial) => trial.problems.length > 0);
    if (wrong) console.error(`(fail) ${scenario.name}`);
    if (flags.progress) console.log(progressLine(scenario, trials));
  });
  console.log(resultsTable(results, user));
  if (flags.record) console.log(`Written: ${writeRecord(recordOf(results, user))}`);
  const trials = results.flatMap((result) => result.trials.map((trial) => ({ ...trial, scenario: result.scenario })));
  const failed = trials.filter((trial) => trial.problems.length > 0);
  for (const { scenario, mode, start, said, problems: wrong } of failed)
    console.error(
      `\n${scenario.name} (${start}, ${mode}) said:\n${said}\n${wrong.map((each) => `  ${each}`).join("\n")}`,
    );
  for (const problem of problems) console.error(`\n${problem}`);
  const slowest = trials.toSorted((a, b) => b.ms - a.ms).slice(0, 5);
  console.log(
    `The slowest: ${slowest.map(({ scenario, start, mode, ms }) => `${scenario.name} (${start}, ${mode}) ${ms} ms`).join("; ")}`,
  );
  const skipped = trials.filter((trial) => trial.skipped !== null).length;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${results.length} scenarios as ${user} in ${seconds} s, ${skipped} trials skipped`);
  // As bun test ends, so that who counts tests counts these.
  console.log(` ${trials.length - failed.length - skipped} pass\n ${failed.length + problems.length} fail`);
  return failed.length + problems.length === 0 ? 0 : 1;
}

const args = process.argv.slice(2);
try {
  if (args[0] === "lane") await serveLane(args[1] ?? "", args[2] ?? "");
  else {
    const flags = parseFlags(args);
    if (flags.help) console.log(USAGE);
    else if (flags.list) console.log(SCENARIOS.map(({ name }) => name).join("\n"));
    else if (flags.document) writeFileSync(DOCUMENT, renderDocument(readRecords()));
    else process.exitCode = await attack(flags);
  }
} catch (error) {
  console.error(error);
  process.exitCode = error instanceof TypeError || error instanceof RangeError ? WRONG_USAGE : 1;
}
