// sandbox-cli doctor: what this machine can enforce, found out by trying.
import { probe } from "hutch";
import { EXIT } from "../exit-status.ts";
import type { Flags } from "../parse-flags.ts";
import { doctorTable } from "../report/doctor-table.ts";
import { styleFor, terminalColumns } from "../report/style.ts";
import { openOut } from "../write-out.ts";

const FORMAT_VERSION = 1;

export async function doctorCommand(flags: Flags): Promise<number> {
  const report = probe();
  const text = flags.has("json")
    ? `${JSON.stringify({ version: FORMAT_VERSION, ...report }, null, 2)}\n`
    : doctorTable(report, await styleFor(1), terminalColumns(1));
  await openOut(1).write(text);
  return report.canEnforceDefault ? EXIT.ok : EXIT.failed;
}
