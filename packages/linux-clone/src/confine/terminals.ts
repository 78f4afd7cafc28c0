// Terminals that programs inside make for themselves (script, tmux, expect): a devpts of the job's own, bounded.
import type { Step } from "@hutch/core";
import { MS, TIOC } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { step, text } from "../step.ts";
import type { Folders } from "./folders.ts";
import { bind } from "./mounts.ts";

const FOLDER = "/dev/pts";
/** Each takes memory of the kernel, and a number that the machine has only so many of. */
const MOST_TERMINALS = 64;
const OPTIONS = `newinstance,ptmxmode=666,mode=620,max=${MOST_TERMINALS}`;

export function planTerminals(folders: Folders): Step[] {
  const own = "a program's own terminal, and no other: the kernel knows whose it is by who opens it";
  return [
    planDevpts(),
    ...folders.symlink("/dev/ptmx", "pts/ptmx", "where programs ask for a new terminal"),
    ...folders.file("/dev/tty", own),
    bind("dev/tty", "/dev/tty", own),
  ];
}

export function planDevpts(): Step {
  return step(
    "mount terminals",
    "mount",
    [text("devpts"), text(FOLDER), text("devpts"), MS.NOSUID | MS.NOEXEC, text(OPTIONS)],
    "terminals of the job's own; those of the host and of other jobs are not in it",
    { detail: FOLDER },
  );
}

const ENOTTY = 25;

/** ORDER: after the new session, which has no terminal, and with stdin in its place. What is no terminal stays what it is. */
export function planTakeTerminal({ request }: PlanContext): Step[] {
  if (!request.policy.terminal) return [];
  const why = "where stdin is a terminal, its keys reach the job as signals";
  return [step("take terminal", "ioctl", [0, TIOC.SCTTY, 0], why, { allow: ENOTTY })];
}
