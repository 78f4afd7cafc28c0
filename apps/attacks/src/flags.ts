// The command line of the suite.
import { parseArgs } from "node:util";

export interface Flags {
  /** Only scenarios whose name or number holds one of these texts; all of them when empty. */
  readonly only: readonly string[];
  readonly lanes: number;
  /** Keep the results for the document. */
  readonly record: boolean;
  /** Write the document from what was kept, and run nothing. */
  readonly document: boolean;
  readonly help: boolean;
}

const MOST_LANES = 64;

export const USAGE = `bun run test:attacks [NAME…] [--lanes N] [--record] [--document]

  NAME        run only scenarios whose name holds this text, or that are from this number of the list (F1)
  --lanes N   processes that attack at the same time; 2 unless given
  --record    keep the results in apps/attacks/record
  --document  write docs/attacks.md from what was kept, and run nothing`;

/** @throws TypeError for an unknown option, RangeError for a number of lanes that cannot be */
export function parseFlags(args: readonly string[]): Flags {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      lanes: { type: "string", default: "2" },
      record: { type: "boolean", default: false },
      document: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const lanes = Number(values.lanes);
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES)
    throw new RangeError(`Cannot use --lanes ${values.lanes}: expected an integer from 1 to ${MOST_LANES}`);
  return { only: positionals, lanes, record: values.record, document: values.document, help: values.help };
}
