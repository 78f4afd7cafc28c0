// The command line of the bench.
import { parseArgs } from "node:util";

export interface BenchFlags {
  /** Empty: all. */
  readonly scenarios: readonly string[];
  readonly quick: boolean;
  readonly help: boolean;
  /** Where the files go; none are written without it. */
  readonly out: string | null;
  /** Rounds of every scenario in place of its own number. */
  readonly rounds: number | null;
}

export const USAGE = `bun run bench [--scenario NAME …] [--quick] [--rounds N] [--out DIR]

  --scenario NAME   only this one; may be repeated
  --quick           fewer rounds
  --rounds N        this many rounds of every scenario
  --out DIR         write results.json and results.md into this folder
`;

/** @throws TypeError or RangeError that says what is accepted */
export function parseFlags(args: readonly string[], known: readonly string[]): BenchFlags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scenario: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      out: { type: "string" },
      rounds: { type: "string" },
    },
  });
  // `--scenario A B` is as good as `--scenario A --scenario B`.
  if (positionals.length > 0 && values.scenario.length === 0)
    throw new TypeError(`Cannot use "${positionals[0]}": expected an option; a scenario is named after --scenario`);
  const scenarios = [...values.scenario, ...positionals];
  for (const name of scenarios) {
    if (!known.includes(name)) throw new RangeError(`Cannot run scenario "${name}": known are ${known.join(", ")}`);
  }
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000_000)) {
    throw new RangeError(`Cannot use --rounds "${values.rounds}": expected a whole number from 1 to 1000000`);
  }
  return { scenarios, quick: values.quick, help: values.help, out: values.out ?? null, rounds };
}
