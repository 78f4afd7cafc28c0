// Whatever went wrong that is not a job's end: what is printed, and our exit status.
// A stack trace means a bug of ours, and nothing else prints one.
import type { HostError, Verdict } from "hutch";
import { EXIT, exitStatus } from "./exit-status.ts";
import { Interruption } from "./interruption.ts";
import { OutputFileError } from "./output-file-error.ts";
import { printableLine, printableText } from "./report/printable.ts";
import { UsageError } from "./usage-error.ts";

export interface Failure {
  readonly exitStatus: number;
  /** For stderr; empty where nothing should be said. */
  readonly text: string;
}

/** Told apart by their mark and not by class, so that nothing of hutch is loaded to print a message. */
type HutchError = Pick<HostError, "message" | "hints"> & { readonly verdict?: Verdict };

function isHutchError(error: unknown): error is HutchError {
  return error instanceof Error && Symbol.for("hutch.error") in error;
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { exitStatus: EXIT.usage, text: message(error.message, error.hints) };
  if (error instanceof Interruption) return { exitStatus: error.exitStatus, text: "" };
  if (error instanceof OutputFileError) return { exitStatus: EXIT.ourFailure, text: message(error.message) };
  if (isHutchError(error) && error.verdict !== undefined) {
    return { exitStatus: exitStatus(error.verdict), text: message(error.message) };
  }
  if (isHutchError(error)) return { exitStatus: EXIT.ourFailure, text: message(error.message, error.hints) };
  if (isWrongOption(error)) return { exitStatus: EXIT.usage, text: message(error.message) };
  return { exitStatus: EXIT.ourFailure, text: bug(error) };
}

const WRONG_OPTION = /^Cannot (use |run a command|call "|call an export|preload |send the request|write the value)/;

/** Hutch throws TypeError and RangeError for wrong options, in sentences; the engine's own are bugs. */
function isWrongOption(error: unknown): error is Error {
  return (error instanceof TypeError || error instanceof RangeError) && WRONG_OPTION.test(error.message);
}

function message(text: string, hints: readonly string[] = []): string {
  return [`sandbox-cli: ${printableLine(text)}`, ...hints.map((hint) => `  ${printableLine(hint)}`), ""].join("\n");
}

function bug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return `sandbox-cli: this is a bug of sandbox-cli, please report it together with what follows\n${printableText(stack)}\n`;
}
