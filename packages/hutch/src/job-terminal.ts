// A terminal as a command's stdin, stdout and stderr: the host keeps the other end and copies in both directions.
import { HostError } from "@hutch/core";
import {
  dup,
  F,
  fcntl,
  isSyscallError,
  O,
  type OwnedFd,
  openTerminal,
  resizeTerminal,
  type TerminalSize,
  tryRead,
  tryWrite,
} from "@hutch/syscall";
import { type JobDescriptors, openDescriptors } from "./descriptors.ts";

const EAGAIN = 11;
const ROOM_BYTES = 64 * 1024;
const SHORTEST_NAP_MS = 1;
const LONGEST_NAP_MS = 10;

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
      fcntl(host.fd, F.SETFL, O.NONBLOCK);
      void show(dup(host.fd), screen);
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

/**
 * Without a thread and without a wait in the kernel: the runtime's own streams write to a terminal blocking, which a job that
 * does not read makes last for ever, and read it on a thread of a small pool, which idle jobs use up.
 */
async function show(from: OwnedFd, to: OwnedFd): Promise<void> {
  // Bun writes to a duplicate of its own.
  const sink = Bun.file(to.fd).writer();
  to.close();
  const room = new Uint8Array(new ArrayBuffer(ROOM_BYTES));
  const nap = napper();
  for (;;) {
    const count = tryRead(from.fd, room);
    if (count === -EAGAIN) await nap.sleep();
    // TRUST: the bytes are the job's and are not looked at. The end of a terminal is an error (EIO).
    else if (count <= 0) break;
    else {
      nap.wake();
      sink.write(room.slice(0, count));
      // Nobody reads any more: the job's output was cut off at its limit.
      if (!(await succeeds(sink.flush()))) break;
    }
  }
  from.close();
  await succeeds(sink.end());
}

function succeeds(written: number | Error | undefined | Promise<unknown>): Promise<boolean> {
  return Promise.resolve(written).then(
    () => true,
    () => false,
  );
}

async function type(keys: ReadableStream<Uint8Array>, to: OwnedFd, over: Promise<null>): Promise<void> {
  let ended = false;
  over.then(() => {
    ended = true;
  });
  const reader = keys.getReader();
  const nap = napper();
  try {
    for (;;) {
      const next = await Promise.race([over, reader.read()]);
      if (next === null || next.done) break;
      for (let at = 0; at < next.value.byteLength && !ended; ) {
        const count = tryWrite(to.fd, next.value.subarray(at));
        if (count >= 0) {
          nap.wake();
          at += count;
        } else if (count === -EAGAIN) await nap.sleep();
        // The terminal's other end is gone: what is typed after the job's end is for nobody.
        else return;
      }
    }
  } finally {
    to.close();
    reader.cancel().catch(() => {
      // Whoever types is told by the job's end.
    });
  }
}

/** Longer from time to time, up to what a person does not notice. */
function napper(): { readonly sleep: () => Promise<void>; readonly wake: () => void } {
  let nextMs = SHORTEST_NAP_MS;
  return {
    sleep: async () => {
      await Bun.sleep(nextMs);
      nextMs = Math.min(nextMs * 2, LONGEST_NAP_MS);
    },
    wake: () => {
      nextMs = SHORTEST_NAP_MS;
    },
  };
}
