// Our own start code failed before the job's code ran: told on the job's socket, so that nobody blames the job.
// TRUST: a job can send the same bytes later, so the host takes them for a broken answer, whose blame is ambiguous.
import { encodeRuntimeFailure } from "@hutch/core";
import { exitGroup, STDERR } from "@hutch/syscall";
import { JOB_SOCKET, sendFrame } from "./respond.ts";
import { writeInPlace } from "./standard-streams.ts";

const EXIT_CODE = 125;

export function endByRuntimeFailure(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  writeInPlace(STDERR, new TextEncoder().encode(`${why}\n`));
  sendFrame(encodeRuntimeFailure(why), JOB_SOCKET);
  exitGroup(EXIT_CODE);
}

/** Runs what comes before the job's code. */
export function beforeJob<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    endByRuntimeFailure(error);
  }
}
