// A job may end in the middle of a line, and ours on the same terminal would stand behind it.
import type { OutputChunk } from "hutch";
import { isTerminal } from "./style.ts";

const NEWLINE = 0x0a;

/** @param last what the job sent last @returns what to write before a line of ours on stderr: a line end, or nothing */
export function endOfCutLine(last: OutputChunk | undefined): "\n" | "" {
  if (last === undefined || last.bytes.at(-1) === NEWLINE || !isTerminal(2)) return "";
  return last.stream === "stderr" || isTerminal(1) ? "\n" : "";
}
