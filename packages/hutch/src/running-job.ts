// A command that runs: await it for its result, iterate it for its output, dispose it to end it.
import type { TerminalSize } from "@hutch/syscall";
import type { OutputChunk } from "./output.ts";
import type { RunResult } from "./run-result.ts";
import { checkTerminalSize } from "./terminal-size.ts";

/** A command that was started. Awaited it is its result, iterated its output as it comes, and `await using` ends it. */
export interface RunningJob extends PromiseLike<RunResult>, AsyncDisposable, AsyncIterable<OutputChunk> {
  readonly then: Promise<RunResult>["then"];
  readonly catch: Promise<RunResult>["catch"];
  readonly finally: Promise<RunResult>["finally"];
  /**
   * Ends every process of the job by SIGKILL, always; the promise then rejects with `reason`. Harmless after its end.
   * @param reason an AbortError unless given
   * @throws TypeError for a signal's name or number, which Bun.spawn and execa take here: nothing but SIGKILL is ever sent
   */
  kill(reason?: Error): void;
  /** Gives the job's terminal another size. Nothing happens where it has none. */
  resize(size: TerminalSize): void;
}

/** What run() needs to make one: the parts of a job that was started. */
export interface StartedJob {
  readonly result: Promise<RunResult>;
  /** Settles when the job has started or never will; null in the second case. Never rejects: `result` does. */
  readonly output: Promise<AsyncIterable<OutputChunk> | null>;
  readonly kill: (reason: Error) => void;
  readonly resize?: (size: TerminalSize) => void;
}

export function runningJob(started: StartedJob): RunningJob {
  const { result } = started;
  const kill = (reason: Error = new DOMException("The job was ended by its caller", "AbortError")): void => {
    checkReason(reason);
    started.kill(reason);
  };
  return {
    // biome-ignore lint/suspicious/noThenProperty: the job is awaited like a promise, as execa's and Bun.$'s are.
    then: (onFulfilled, onRejected) => result.then(onFulfilled, onRejected),
    catch: (onRejected) => result.catch(onRejected),
    finally: (onFinally) => result.finally(onFinally),
    kill,
    resize: (size) => {
      checkTerminalSize(size);
      started.resize?.(size);
    },
    async *[Symbol.asyncIterator]() {
      const output = await started.output;
      if (output !== null) yield* output;
      await result;
    },
    [Symbol.asyncDispose]: async () => {
      kill();
      await result.then(
        () => undefined,
        () => undefined,
      );
    },
  };
}

function checkReason(reason: unknown): void {
  if (reason instanceof Error) return;
  const given = typeof reason === "string" ? JSON.stringify(reason) : String(reason);
  throw new TypeError(
    `Cannot end the job with ${given}: a job is always ended by SIGKILL; pass an Error as the reason, or nothing`,
  );
}
