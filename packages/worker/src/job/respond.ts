// The job's one answer, on its own socket, and the end of its process.
// RULE: nothing runs after an answer. Exit handlers have run by then, output has left the process.
import { encodeResponse, type JobResponse } from "@hutch/core";
import { type Fd, POLL, poll, toFd, trySend } from "@hutch/syscall";
import { answered } from "./moments.ts";

/** The job's own socket, in warm and cold jobs alike. */
export const JOB_SOCKET: Fd = toFd(3);

const EAGAIN = 11;

/** Where a run gets its request, and how it ends. */
export interface Stage {
  readonly socket: Fd;
  /** `rehearsal`: what is the process's own (its exit handlers, its errors) has nothing to do with it. */
  readonly kind: "job" | "rehearsal";
  readonly exit: (code: number) => void;
  /** Our own code failed before the job's ran. */
  readonly fail: (error: unknown) => void;
}

/** Sends the answer and ends the run with 0. @param mostBytes the largest result that the host takes */
export function respond(response: JobResponse, mostBytes: number, { socket, exit }: Stage): void {
  const moments = answered();
  sendFrame(encodeResponse(bounded(response, mostBytes), moments), socket);
  exit(0);
}

/** Sends all of it, or nothing more once the other end is closed: then there is nobody to tell. */
export function sendFrame(frame: Uint8Array, socket: Fd): void {
  for (let done = 0; done < frame.byteLength; ) {
    const sent = trySend(socket, frame.subarray(done));
    if (sent >= 0) done += sent;
    else if (sent === -EAGAIN) poll([{ fd: socket, events: POLL.OUT }], -1);
    else return;
  }
}

function bounded(response: JobResponse, mostBytes: number): JobResponse {
  if (response.kind !== "value" || response.bytes.byteLength <= mostBytes) return response;
  const message = `Cannot send the result: it has ${response.bytes.byteLength} bytes, ${mostBytes} are allowed`;
  return { kind: "error", name: "RangeError", message, stack: "" };
}
