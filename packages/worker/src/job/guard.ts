// The ends of a job that its function does not reach: an error nobody caught, or nothing left to do. Each becomes an answer.
// RULE: listeners of the user's own go first, as they do without us.
import type { JobResponse } from "@hutch/core";

/** What the runtime waits for, for the error text when it never comes. */
export interface Progress {
  waitsFor: string;
}

export interface Guard {
  readonly fail: (error: unknown) => void;
  readonly finish: (response: JobResponse) => void;
  readonly progress: Progress;
}

/** Call it once per job, before the user's code. */
export function installGuard({ fail, finish, progress }: Guard): void {
  process.on("uncaughtException", (error) => {
    if (process.listenerCount("uncaughtException") === 1) fail(error);
  });
  process.on("unhandledRejection", (reason) => {
    if (process.listenerCount("unhandledRejection") > 1) return;
    if (process.listenerCount("uncaughtException") > 1)
      process.emit("uncaughtException", reason as Error, "unhandledRejection");
    else fail(reason);
  });
  const onIdle = (): void => {
    if (process.listeners("beforeExit").at(-1) === onIdle) {
      finish({
        kind: "error",
        name: "NeverSettledError",
        message: `nothing is left to do, and it still waits for ${progress.waitsFor}`,
        stack: "",
      });
      return;
    }
    // The user's own listeners may start more work. ORDER: after them, in a turn of the loop that comes in any case.
    process.off("beforeExit", onIdle);
    process.on("beforeExit", onIdle);
    setImmediate(() => undefined);
  };
  process.on("beforeExit", onIdle);
}
