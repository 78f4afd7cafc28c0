// A terminal as a command's stdin, stdout and stderr: the host keeps the other end and copies in both directions.
import { HostError } from "@hutch/core";
import { dup, isSyscallError, type OwnedFd, openTerminal, resizeTerminal, type TerminalSize } from "@hutch/syscall";
import { type JobDescriptors, openDescriptors } from "./descriptors.ts";

export interface JobTerminal extends Disposable {
  readonly descriptors: JobDescriptors;
  /**
   * Copies until the last program that has the terminal is gone.
   * @param keys what is typed @returns rejects with the error of `keys`; the job's end is none
   */
  readonly start: (keys: ReadableStream<Uint8Array> | null) => Promise<void>;
  readonly resize: (size: TerminalSize) => void;
}

/** @throws HostError where this process can make no terminal */
export function openJobTerminal(size: TerminalSize): JobTerminal {
  const { host, program } = open(size);
  const { host: ends, job } = openDescriptors({ stdin: program, conversation: false });
  // What the terminal shows goes into the pipe that is stdout's otherwise; of stderr it makes no difference.
  const screen = job.stdout;
  const streams = [dup(program.fd), dup(program.fd)] as const;
  job.stderr.close();
  const given: readonly OwnedFd[] = [job.stdin, job.status, ...streams];
  const over = Promise.withResolvers<null>();
  return {
    descriptors: {
      host: ends,
      job: {
        status: job.status,
        stdin: job.stdin,
        stdout: streams[0],
        stderr: streams[1],
        job: null,
        [Symbol.dispose]() {
          for (const end of given) end.close();
        },
      },
    },
    start: async (keys) => {
      show(dup(host.fd), screen);
      if (keys !== null) await type(keys, dup(host.fd), over.promise);
    },
    resize: (to) => {
      if (!host.closed) resizeTerminal(host.fd, to);
    },
    [Symbol.dispose]() {
      over.resolve(null);
      for (const end of [host, screen, ...given]) end.close();
    },
  };
}

function open(size: TerminalSize): ReturnType<typeof openTerminal> {
  try {
    return openTerminal(size);
  } catch (error) {
    if (!isSyscallError(error)) throw error;
    throw new HostError("HOST_FAILURE", `Cannot make a terminal for the job: ${error.code}`, {
      cause: error,
      hints: ["This process needs /dev/ptmx, and the machine a terminal to spare (sysctl kernel.pty.max)"],
    });
  }
}

/** TRUST: the bytes are the job's and are not looked at. The end of a terminal is an error (EIO), and the end of its pipe here. */
function show(from: OwnedFd, to: OwnedFd): void {
  // Loaded here: few jobs have a terminal.
  const { ReadStream } = process.getBuiltinModule("node:tty");
  const reader = new ReadStream(from.take());
  // Bun writes to a duplicate of its own.
  const sink = Bun.file(to.fd).writer();
  to.close();
  reader.on("data", (bytes: Uint8Array) => {
    reader.pause();
    sink.write(bytes);
    // Nobody reads any more: the job's output was cut off at its limit.
    Promise.resolve(sink.flush()).then(
      () => reader.resume(),
      () => reader.destroy(),
    );
  });
  reader.on("error", () => reader.destroy());
  reader.on("close", () => void sink.end());
}

async function type(keys: ReadableStream<Uint8Array>, to: OwnedFd, over: Promise<null>): Promise<void> {
  const sink = Bun.file(to.fd).writer();
  to.close();
  const reader = keys.getReader();
  try {
    for (;;) {
      const next = await Promise.race([over, reader.read()]);
      if (next === null || next.done) break;
      sink.write(next.value);
      await sink.flush();
    }
  } catch (error) {
    // The terminal's other end is gone: what is typed after the job's end is for nobody.
    if ((error as { readonly code?: unknown }).code !== "EIO") throw error;
  } finally {
    reader.cancel().then(
      () => undefined,
      () => undefined,
    );
    Promise.resolve(sink.end()).then(
      () => undefined,
      () => undefined,
    );
  }
}
