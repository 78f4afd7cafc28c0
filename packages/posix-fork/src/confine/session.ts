// A session of its own, so that the whole job can be ended by its process group, and nothing of the launcher's terminal.
import type { PlanRequest, Step } from "@hutch/core";
import { NULL, step } from "../step.ts";

const SIGNALS = 64;
const SIGNAL_SET_BYTES = 8;
const SIG_SETMASK = 2;
const EINVAL = 22;
/** struct sigaction with SIG_DFL, no flags, nothing masked. */
const DEFAULT_ACTION = new Uint8Array(32);
const NO_SIGNALS = new Uint8Array(SIGNAL_SET_BYTES);
const FILE_MODE_MASK = 0o022;

export function planSession({ policy: { cwd } }: PlanRequest): Step[] {
  return [
    step("new session", "setsid", [], "no terminal, and a process group to end the job by"),
    step("set umask", "umask", [FILE_MODE_MASK], "modes do not depend on the launcher's mask"),
    step("enter folder", "chdir", [{ late: "cwd" }], "the policy's working folder", { detail: cwd, ofPolicy: true }),
  ];
}

export function planSignals({ start }: PlanRequest): Step[] {
  const reset = step(
    "reset signal handlers",
    "rt_sigaction",
    [1, { bytes: DEFAULT_ACTION }, NULL, SIGNAL_SET_BYTES],
    "what the launcher ignores would stay ignored after exec",
    { repeat: SIGNALS, allow: EINVAL },
  );
  const unblock = step(
    "unblock signals",
    "rt_sigprocmask",
    [SIG_SETMASK, { bytes: NO_SIGNALS }, NULL, SIGNAL_SET_BYTES],
    "all are blocked since the clone",
  );
  return start === "exec" ? [reset, unblock] : [unblock];
}
