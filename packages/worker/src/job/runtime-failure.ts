// Our own start code failed before the job's code ran: told on the job's socket, so that nobody blames the job.
// TRUST: a job can send the same bytes later, so the host takes them for a broken answer, whose blame is ambiguous.
import { encodeRuntimeFailure } from "@hutch/core";
import { exitGroup, STDERR } from "@hutch/syscall";
import { JOB_SOCKET, type Stage, sendFrame } from "./respond.ts";
import { writeInPlace } from "./standard-streams.ts";

const EXIT_CODE = 125;

function endByRuntimeFailure(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  writeInPlace(STDERR, new TextEncoder().encode(`${why}\n`));
  sendFrame(encodeRuntimeFailure(why), JOB_SOCKET);
  exitGroup(EXIT_CODE);
}

/** Of the process itself, which ends with its job. */
export const JOB_STAGE: Stage = { socket: JOB_SOCKET, kind: "job", exit: exitGroup, fail: endByRuntimeFailure };
