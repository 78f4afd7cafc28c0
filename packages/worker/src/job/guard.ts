// The ends of a job that its function does not reach: an error nobody caught, or nothing left to do.
// RULE: listeners of the user's own go first, as they do without us.

export interface Guard {
  readonly fail: (error: unknown) => void;
  /** Nothing is left to do. */
  readonly idle: () => void;
}

/** Call it once per process, before the user's code. */
export function installGuard({ fail, idle }: Guard): void {
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
    if (process.listeners("beforeExit").at(-1) === onIdle) idle();
    else {
      // The user's own listeners may start more work. ORDER: after them, in a turn of the loop that comes in any case.
      process.off("beforeExit", onIdle);
      process.on("beforeExit", onIdle);
    }
    // Whoever waits goes on in that turn.
    setImmediate(() => undefined);
  };
  process.on("beforeExit", onIdle);
}
