// sandbox-cli explain: the plan of a run, step by step. Nothing is started.
import { explain } from "hutch";
import { limitsOf, policyOf } from "../job-flags.ts";
import type { Flags } from "../parse-flags.ts";
import { planToJson } from "../report/plan-json.ts";
import { planListing } from "../report/plan-listing.ts";
import { styleFor, terminalColumns } from "../report/style.ts";
import { openOut } from "../write-out.ts";

export async function explainCommand(flags: Flags): Promise<number> {
  const limits = limitsOf(flags);
  const policy = policyOf(flags, process.cwd());
  const explained = explain(flags.rest, { limits, policy });
  const text = flags.has("json")
    ? `${JSON.stringify(planToJson(explained), null, 2)}\n`
    : planListing(explained, flags.rest, await styleFor(1), terminalColumns(1));
  await openOut(1).write(text);
  return 0;
}
