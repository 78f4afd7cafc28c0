// What our exit status says: a contract that scripts rely on, and the only place that decides it.
import type { Verdict } from "hutch";

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  timeLimit: 124,
  ourFailure: 125,
  notExecutable: 126,
  notFound: 127,
  limit: 137,
} as const;

const FIRST_REALTIME = 34;

export type JudgedEnd = Pick<Verdict, "status" | "exitCode" | "signal" | "executeError">;

export function exitStatus({ status, exitCode, signal, executeError }: JudgedEnd): number {
  switch (status) {
    case "ok":
      return EXIT.ok;
    case "cpu-limit":
    case "wall-limit":
      return EXIT.timeLimit;
    case "memory-limit":
    case "output-limit":
    case "process-limit":
    case "disk-limit":
      return EXIT.limit;
    case "signaled":
    case "violation":
      return signal === null ? EXIT.failed : signalStatus(signal);
    case "failed":
      if (executeError !== null) return executeError === "ENOENT" ? EXIT.notFound : EXIT.notExecutable;
      return ownStatus(exitCode);
    // What a job sent is the job's doing, never a failure of ours.
    case "invalid-payload":
    case "invalid-response":
      return ownStatus(exitCode);
    case "invalid-artifact":
    case "worker-died":
    case "internal":
      return EXIT.ourFailure;
  }
}

/** A function that threw, or an answer that is none, comes with an exit code of 0 or of none: that is no success. */
function ownStatus(exitCode: number | null): number {
  return exitCode === null || exitCode === 0 ? EXIT.failed : exitCode;
}

/** 128 and the number of `SIGSEGV`, `SIGRTMIN+2` or `SIG99`. */
export function signalStatus(name: string): number {
  const { signals } = process.getBuiltinModule("node:os").constants;
  const known = (signals as Readonly<Record<string, number>>)[name];
  if (known !== undefined) return 128 + known;
  const [, realtime, plain] = /^(?:SIGRTMIN\+(\d+)|SIG(\d+))$/.exec(name) ?? [];
  if (realtime !== undefined) return 128 + FIRST_REALTIME + Number(realtime);
  return plain === undefined ? EXIT.failed : 128 + Number(plain);
}
