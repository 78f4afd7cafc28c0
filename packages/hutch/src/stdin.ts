// Descriptor 0 of a job, by what the caller gave.
import type { Payload } from "@hutch/core";
import { descriptorKind, isSyscallError, O, type OwnedFd, open, pipe2, STDIN, sealedMemfd } from "@hutch/syscall";
import { payloadOf, type Stdin } from "./job-options.ts";
import { isRealRoot } from "./real-root.ts";

export interface OpenedStdin {
  readonly end: OwnedFd;
  /** Moves a stream's bytes; settles when the stream or the job ended. @param ended settles when the job ended */
  readonly pump: ((ended: Promise<unknown>) => Promise<void>) | null;
  /** A payload that has to be inflated inside the job. */
  readonly compressed: Payload | null;
}

/** @throws TypeError for a value that is none of Stdin */
export function openStdin(stdin: Stdin | undefined): OpenedStdin {
  if (stdin === undefined) return { end: open("/dev/null", O.RDONLY), pump: null, compressed: null };
  if (typeof stdin === "string") return fromBytes(new TextEncoder().encode(stdin));
  if (stdin instanceof Uint8Array) return fromBytes(stdin);
  if (stdin instanceof ReadableStream) return fromStream(stdin);
  if (typeof stdin === "object" && stdin !== null && "inherit" in stdin) return inherited();
  const payload = payloadOf(stdin, "stdin");
  if (payload.compression === "none") return fromBytes(payload.bytes);
  return { end: open("/dev/null", O.RDONLY), pump: null, compressed: payload };
}

/** The same as what is typed into a terminal; a payload is inflated by nobody there. @throws TypeError for one */
export function keysOf(stdin: Stdin | undefined): ReadableStream<Uint8Array> | null {
  if (stdin === undefined) return null;
  if (stdin instanceof ReadableStream) return stdin;
  if (typeof stdin === "string" || stdin instanceof Uint8Array) return new Blob([stdin as string]).stream();
  if ("inherit" in stdin) return Bun.stdin.stream();
  throw new TypeError("Cannot use stdin with a terminal: expected text, bytes, a stream, or { inherit: true }");
}

/**
 * TRUST: a descriptor can be opened again through /proc/self/fd with other rights by whoever has the host's user, and its flags
 * are shared by all who hold it. So a job never gets a file, a terminal or a socket of the user's, and a pipe only where root
 * launches: then the job's user can open nothing of it, and it gets an end of its own. Everything else is copied, and so read
 * ahead of the job.
 */
function inherited(): OpenedStdin {
  const kind = descriptorKind(STDIN);
  if (kind === "null" || kind === null) return openStdin(undefined);
  const end = kind === "pipe" && isRealRoot() ? ownEndOfPipe() : null;
  return end === null ? fromStream(Bun.stdin.stream()) : { end, pump: null, compressed: null };
}

/** null where the pipe is somebody else's, or /proc is not there. */
function ownEndOfPipe(): OwnedFd | null {
  try {
    return open("/proc/self/fd/0", O.RDONLY);
  } catch (error) {
    if (isSyscallError(error)) return null;
    throw error;
  }
}

function fromBytes(bytes: Uint8Array): OpenedStdin {
  return { end: sealedMemfd("stdin", bytes), pump: null, compressed: null };
}

function fromStream(stream: ReadableStream<Uint8Array>): OpenedStdin {
  const pipe = pipe2();
  const pump = async (ended: Promise<unknown>): Promise<void> => {
    // A terminal may have nothing to say for hours.
    const over = ended.then(
      () => null,
      () => null,
    );
    // Bun writes to a duplicate of its own.
    const sink = Bun.file(pipe.write.fd).writer();
    pipe.write.close();
    const reader = stream.getReader();
    try {
      for (;;) {
        const next = await Promise.race([over, reader.read()]);
        if (next === null) await reader.cancel();
        if (next === null || next.done) break;
        await sink.write(next.value);
        await sink.flush();
      }
      await sink.end();
    } catch (error) {
      // A job that does not read its input to the end is not a failure; a stream that fails is the caller's to know.
      await reader.cancel(error);
      if ((error as { code?: unknown }).code !== "EPIPE") throw error;
    }
  };
  return { end: pipe.read, pump, compressed: null };
}
