// What a job shares with its launcher beside files: terminal, keys, signals, file mode mask, working folder.
import type { ControlReport, Step } from "@hutch/core";
import { SIG } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { EINVAL, NULL, ofPolicy, step } from "../step.ts";

const SIGNALS = 64;
const SIGNAL_SET_BYTES = 8;
const SIG_SETMASK = 2;
/** struct sigaction with SIG_DFL, no flags, nothing masked. */
const DEFAULT_ACTION = new Uint8Array(32);
const NO_SIGNALS = new Uint8Array(SIGNAL_SET_BYTES);
const KEYCTL_JOIN_SESSION_KEYRING = 1;
/** What programs expect. Not the launcher's, so that what a job leaves in a writable folder is the same everywhere. */
const FILE_MODE_MASK = 0o022;

/** ORDER: first. Where the launcher ignores SIGCHLD the kernel would reap process 2 before init could ask for its status. */
export function planAwaitChild(): Step[] {
  return [
    step(
      "reset signal handlers",
      "rt_sigaction",
      [SIG.CHLD, { bytes: DEFAULT_ACTION }, NULL, SIGNAL_SET_BYTES],
      "an ignored SIGCHLD would lose how the job ended",
      { detail: "SIGCHLD" },
    ),
  ];
}

export function planFileModeMask(): Step[] {
  return [
    step("set umask", "umask", [FILE_MODE_MASK], "modes do not depend on the launcher's mask; only the owner writes"),
  ];
}

/**
 * A kernel without keys, or one that forbids the call, gives the job no way to the launcher's keys either. It also fails when
 * the user's quota of keys is used up, by other jobs or by keyrings that the kernel has not freed yet (EDQUOT). Then the job
 * has the launcher's: in a pool the worker's, which is revoked; a command that an unprivileged user starts, the user's.
 */
export function planKeyring(): Step[] {
  return [
    step(
      "new session",
      "keyctl",
      [KEYCTL_JOIN_SESSION_KEYRING, NULL],
      "keys of the launcher's session, and of other jobs, stay out of reach",
      { detail: "keyring", allow: "any" },
    ),
  ];
}

export function planSession(context: PlanContext): Step[] {
  if (!works(context, "session")) return [];
  return [step("new session", "setsid", [], "no terminal to type into, and a process group of its own")];
}

export function planSignals({ request }: PlanContext): Step[] {
  // SIGKILL and SIGSTOP have no handlers to reset. A warm job keeps its runtime's.
  const reset = step(
    "reset signal handlers",
    "rt_sigaction",
    [1, { bytes: DEFAULT_ACTION }, NULL, SIGNAL_SET_BYTES],
    "what the launcher ignores would stay ignored after exec",
    { repeat: SIGNALS, allow: EINVAL },
  );
  return [
    ...(request.start === "exec" ? [reset] : []),
    step(
      "unblock signals",
      "rt_sigprocmask",
      [SIG_SETMASK, { bytes: NO_SIGNALS }, NULL, SIGNAL_SET_BYTES],
      "all are blocked since the clone",
    ),
  ];
}

/** ORDER: after the ids, so that the job does not stand in a folder that it may not enter. */
export function planWorkingFolder({ request }: PlanContext): Step[] {
  const detail = request.policy.cwd;
  return ofPolicy([step("enter folder", "chdir", [{ late: "cwd" }], "the policy's working folder", { detail })]);
}

export function reportSession({ request }: PlanContext): ControlReport[] {
  const env =
    request.start === "exec"
      ? "the program gets the policy's variables and no others"
      : "the worker has none; the job sets the policy's";
  return [
    { name: "session", state: "enforced", why: "a session and a session keyring of its own, no terminal" },
    { name: "environment", state: "enforced", why: env },
  ];
}
