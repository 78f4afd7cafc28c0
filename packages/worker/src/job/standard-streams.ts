// process.stdout and process.stderr of a job. The runtime's own ones write to a pipe in the background and lose what is
// not yet written when the process ends; Node writes pipes in place, and so do these. Made at the first use, as theirs.
import { createRequire } from "node:module";
import type { Writable } from "node:stream";
import { type Fd, POLL, poll, STDERR, STDOUT, SyscallError, toFd, tryWrite } from "@hutch/syscall";

const EAGAIN = 11;

/** Call it once per job, before the user's code. */
export function installStandardStreams(): void {
  install("stdout", STDOUT);
  install("stderr", STDERR);
}

function install(name: "stdout" | "stderr", fd: Fd): void {
  let stream: unknown;
  // ORDER: overwritten first. A definition alone would make the runtime's own stream, which takes milliseconds.
  Reflect.set(process, name, undefined);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => (stream ??= makeStream(fd)),
    set: (value: unknown) => {
      stream = value;
    },
  });
}

function makeStream(fd: Fd): Writable {
  // ORDER: loaded at the first use: most jobs print by console.log, which does not come here.
  const { Writable: Base } = createRequire(import.meta.url)("node:stream") as typeof import("node:stream");
  const stream = new Base({
    decodeStrings: true,
    emitClose: false,
    autoDestroy: false,
    write(chunk: Uint8Array, _encoding, done) {
      done(writeInPlace(fd, chunk));
    },
  });
  return Object.assign(stream, { fd, _type: "pipe", _isStdio: true, destroySoon: stream.destroy });
}

/** Writes all of it, also to a pipe that somebody made non-blocking. */
export function writeInPlace(fd: Fd, bytes: Uint8Array): Error | null {
  for (let done = 0; done < bytes.byteLength; ) {
    const count = tryWrite(toFd(fd), bytes.subarray(done));
    if (count >= 0) done += count;
    else if (count === -EAGAIN) poll([{ fd, events: POLL.OUT }], -1);
    else return new SyscallError("write", -count, `descriptor ${fd}`);
  }
  return null;
}
