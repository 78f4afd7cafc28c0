// Writes bytes to stdout or stderr in the order given, without holding up the event loop: deadlines and signals go on
// while a slow reader makes us wait.
import { reasonOf } from "./error-reason.ts";
import { OutputFileError } from "./output-file-error.ts";

const RETRY_MS = 5;

export interface Out {
  /** Settles when these bytes are written. Rejects, from then on always, when nobody reads any more. */
  write(bytes: Uint8Array | string): Promise<void>;
}

export function openOut(fd: 1 | 2): Out {
  const encoder = new TextEncoder();
  let last = Promise.resolve();
  return {
    write(given) {
      const bytes = typeof given === "string" ? encoder.encode(given) : given;
      last = last.then(() => writeAll(fd, bytes));
      return last;
    },
  };
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  // Loading it takes as long as a whole job, and many say nothing.
  const { write } = await import("node:fs");
  for (let at = 0; at < bytes.byteLength; ) at += await writeSome(write, fd, bytes.subarray(at));
}

/** @returns 0 when a descriptor that does not block is full */
function writeSome(write: typeof import("node:fs").write, fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.byteLength, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === "EAGAIN") setTimeout(resolve, RETRY_MS, 0);
      else reject(isBrokenPipe(error) ? error : cannotWrite(fd, error));
    });
  });
}

function cannotWrite(fd: number, error: Error): OutputFileError {
  return new OutputFileError(`Cannot write to ${fd === 1 ? "stdout" : "stderr"}: ${reasonOf(error)}`, { cause: error });
}

/** The other end of the pipe is gone. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "EPIPE";
}
