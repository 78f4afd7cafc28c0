// The command line of the bench.
import { parseArgs } from "node:util";

export interface BenchFlags {
  /** Empty: all. */
  readonly scenarios: readonly string[];
  readonly effort: "full" | "quick" | "long";
  readonly help: boolean;
  readonly list: boolean;
  /** Where the files go; none are written without it. */
  readonly out: string | null;
  /** Rounds of every scenario in place of its own number. */
  readonly rounds: number | null;
  /** Processors that everything runs on, as taskset takes them; null: all. */
  readonly pin: string | null;
  /** Where peers from npm were installed; null: the usual place. */
  readonly peers: string | null;
  /** Two files with results to be held against each other; nothing is measured then. */
  readonly compare: readonly [before: string, after: string] | null;
  /** A file with ranges of ratios. A ratio that is clearly outside makes the exit status 1. */
  readonly expect: string | null;
}

export const USAGE = `bun run bench [--scenario NAME …] [--quick] [--out DIR]

  --scenario NAME   only this one; may be repeated
  --list            print the names of the scenarios and what they say
  --quick           all of it within 45 seconds, with wider intervals
  --long            as many rounds as it takes, 50,000 calls in a row too
  --rounds N        this many rounds of every scenario
  --out DIR         write results.json, results.md and report.html into this folder
  --pin CPUS        run everything on these processors only: 0, or 0,2-3
  --peers DIR       where install-peers.sh put the peers from npm
  --compare A B     hold two results.json against each other; nothing is measured
  --expect FILE     fail when a ratio is clearly outside of the range in this file
  -h, --help        print this help
`;

const CPU_LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;

/** @throws TypeError or RangeError that says what is accepted */
export function parseFlags(args: readonly string[], known: readonly string[]): BenchFlags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scenario: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      out: { type: "string" },
      rounds: { type: "string" },
      pin: { type: "string" },
      peers: { type: "string" },
      compare: { type: "boolean", default: false },
      expect: { type: "string" },
    },
  });
  if (values.quick && values.long) throw new TypeError("Cannot use --quick with --long: expected one of them");
  if (values.pin !== undefined && !CPU_LIST.test(values.pin))
    throw new RangeError(`Cannot use --pin "${values.pin}": expected numbers of processors such as 0, or 0,2-3`);
  return {
    scenarios: values.compare ? [] : scenarioNames(values.scenario, positionals, known),
    effort: values.quick ? "quick" : values.long ? "long" : "full",
    help: values.help,
    list: values.list,
    out: values.out ?? null,
    rounds: roundCount(values.rounds),
    pin: values.pin ?? null,
    peers: values.peers ?? null,
    compare: values.compare ? comparedFiles(positionals) : null,
    expect: values.expect ?? null,
  };
}

function scenarioNames(named: readonly string[], positionals: readonly string[], known: readonly string[]): string[] {
  // `--scenario A B` is as good as `--scenario A --scenario B`.
  if (positionals.length > 0 && named.length === 0)
    throw new TypeError(`Cannot use "${positionals[0]}": expected an option; a scenario is named after --scenario`);
  const names = [...named, ...positionals];
  for (const name of names) {
    if (!known.includes(name)) throw new RangeError(`Cannot run scenario "${name}": known are ${known.join(", ")}`);
  }
  return names;
}

function roundCount(given: string | undefined): number | null {
  if (given === undefined) return null;
  const rounds = Number(given);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1_000_000) return rounds;
  throw new RangeError(`Cannot use --rounds "${given}": expected a whole number from 1 to 1000000`);
}

function comparedFiles(files: readonly string[]): readonly [string, string] {
  const [before, after, ...rest] = files;
  if (before === undefined || after === undefined || rest.length > 0)
    throw new TypeError(`Cannot compare ${files.length} files: expected --compare BEFORE.json AFTER.json`);
  return [before, after];
}
