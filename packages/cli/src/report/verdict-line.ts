// One line on stderr that says how a job ended. TRUST: a reason may hold text of the job.
import type { Verdict } from "hutch";
import { printableLine, printableText } from "./printable.ts";
import type { Style } from "./style.ts";

const MAX_REASON = 2_000;

type ShownVerdict = Pick<Verdict, "status" | "reason" | "blame">;

/** @param said what we say in place of its reason; further lines of it are hints */
export function verdictLine(verdict: ShownVerdict, style: Style, said: readonly string[] = [verdict.reason]): string {
  const { status, blame } = verdict;
  const colour = blame === "host" ? style.yellow : style.red;
  const [reason = "", ...hints] = said;
  const line = printableLine(reason);
  const shown = line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
  const first = `${style.bold("sandbox-cli:")} ${colour(status)}: ${shown}\n`;
  return first + hints.map((hint) => `  ${printableLine(hint)}\n`).join("");
}

/** Where a job's own error came from: its frames, indented; empty where there are none. */
export function errorStack(error: Error | undefined): string {
  const frames = (error?.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return frames.map((frame) => `    ${printableText(frame.trim())}\n`).join("");
}
