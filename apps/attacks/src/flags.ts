// The command line of the suite.
import { parseArgs } from "node:util";

export interface Flags {
  /** Only scenarios whose name or number holds one of these texts; all of them when empty. */
  readonly only: readonly string[];
  readonly lanes: number;
  /** Keep the results for the document. */
  readonly record: boolean;
  /** Say what came of each scenario when it ends, in a line that a program can read. */
  readonly progress: boolean;
  /** Print the names of the scenarios, and run nothing. */
  readonly list: boolean;
  /** Write the document from what was kept, and run nothing. */
  readonly document: boolean;
  readonly help: boolean;
}

const MOST_LANES = 64;

export const USAGE = `bun run test:attacks [NAME…] [--lanes N] [--progress] [--record] [--list] [--document]

  NAME        run only scenarios whose name holds this text, or that are from this number of the list (F1)
  --lanes N   processes that attack at the same time; 2 unless given
  --progress  a line for each scenario when it ends, beside the table at the end
  --list      print the names of all scenarios, and run nothing
  --record    keep the results in apps/attacks/record
  --document  write docs/attacks.md from what was kept, and run nothing`;

/** @throws TypeError for an unknown option, RangeError for a number of lanes that cannot be */
export function parseFlags(args: readonly string[]): Flags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      lanes: { type: "string", default: "2" },
      progress: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      document: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const lanes = Number(values.lanes);
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES)
    throw new RangeError(`Cannot use --lanes ${values.lanes}: expected an integer from 1 to ${MOST_LANES}`);
  const { record, document, progress, list, help } = values;
  return { only: positionals, lanes, record, document, progress, list, help };
}
