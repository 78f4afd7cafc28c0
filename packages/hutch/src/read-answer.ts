// What came on a job's own socket, and what it makes of the job's end. Values in it are decoded later, by job-answer.ts.
import { type DecodedResponse, decodeRefusal, decodeResponse, type Exit } from "@hutch/core";
import { errnoCode } from "@hutch/syscall";

/**
 * Who becomes a command, and answers only when that fails: our runtime after it inflated the job's stdin, or the small program
 * that waited in the job's place (then: the paths that it tries).
 */
export type BecomesCommand = "runtime" | { readonly paths: readonly string[] };

interface Answered {
  readonly exit: Exit;
  readonly response: DecodedResponse | null;
}

/** @param bytes null where the job has no socket @param mostBytes the largest result */
export function readAnswer(
  becomes: BecomesCommand | null,
  exit: Exit,
  bytes: Uint8Array | null,
  mostBytes: number,
): Answered {
  if (bytes === null) return { exit, response: null };
  if (typeof becomes === "object" && becomes !== null) return asAwaited(exit, bytes, becomes.paths);
  const response = decodeResponse(bytes, mostBytes);
  return becomes === "runtime" ? asCommand(exit, response) : { exit, response };
}

/** TRUST: our program's word, since the command itself never has the socket. */
function asAwaited(exit: Exit, bytes: Uint8Array, paths: readonly string[]): Answered {
  const refusal = decodeRefusal(bytes);
  if (refusal === null) return { exit, response: null };
  const { errno } = refusal;
  const step = `execute ${paths[refusal.path] ?? ""}`;
  return { exit: { kind: "setup-failed", step, errno, code: errnoCode(errno), execute: true }, response: null };
}

/** TRUST: still our runtime's word, since the command itself never has the socket. The error's name is the errno's. */
function asCommand(exit: Exit, response: DecodedResponse): Answered {
  if (response.kind === "error")
    return {
      exit: { kind: "setup-failed", step: response.message, errno: 0, code: response.name, execute: true },
      response: null,
    };
  return { exit, response: response.kind === "missing" ? null : response };
}
