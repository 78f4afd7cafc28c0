// One line on stderr that says how a job ended. TRUST: a reason may hold text of the job.
import type { Verdict } from "hutch";
import { printableLine, printableText } from "./printable.ts";
import type { Style } from "./style.ts";

const MAX_REASON = 2_000;

type ShownVerdict = Pick<Verdict, "status" | "reason" | "blame" | "executeError">;

/** @param command what was to be executed, where it was a command */
export function verdictLine(verdict: ShownVerdict, style: Style, command?: string): string {
  const { status, blame, executeError } = verdict;
  const colour = blame === "host" ? style.yellow : style.red;
  const reason = executeError === null || command === undefined ? verdict.reason : notExecuted(command, executeError);
  const line = printableLine(reason);
  const shown = line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
  return `${style.bold("sandbox-cli:")} ${colour(status)}: ${shown}\n`;
}

function notExecuted(command: string, code: string): string {
  if (code !== "ENOENT") return `"${command}" is there and could not be executed: ${code}`;
  return `"${command}" or its interpreter was not found inside the sandbox, where system folders and what --ro gives are`;
}

/** Where a job's own error came from: its frames, indented; empty where there are none. */
export function errorStack(error: Error | undefined): string {
  const frames = (error?.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return frames.map((frame) => `    ${printableText(frame.trim())}\n`).join("");
}
