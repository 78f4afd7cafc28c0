// Signals that ask us to stop: the job is ended first, then we end with 128 and the signal's number.
// The kernel ends the job also when we are killed outright: its process 1 watches us.
import { signalStatus } from "./exit-status.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Why a job was ended from here. */
export class Interruption extends Error {
  override readonly name: string = "Interruption";
  readonly exitStatus: number;
  constructor(cause: string, exitStatus: number) {
    super(`ended by ${cause}`);
    this.exitStatus = exitStatus;
  }
}

/** Nobody reads our stdout any more: what a program without a handler for SIGPIPE would exit with. */
export function outputClosed(): Interruption {
  return new Interruption("a closed stdout", signalStatus("SIGPIPE"));
}

/** @returns aborts with an Interruption; a second signal ends us at once */
export function onInterruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      const interruption = new Interruption(name, signalStatus(name));
      if (controller.signal.aborted) process.exit(interruption.exitStatus);
      controller.abort(interruption);
    });
  }
  return controller.signal;
}
