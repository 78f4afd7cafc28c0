// Terminals that programs inside make for themselves (script, tmux, expect): a devpts of the job's own, bounded.
import type { Step } from "@hutch/core";
import { MS } from "@hutch/syscall";
import { step, text } from "../step.ts";
import type { Folders } from "./folders.ts";

const FOLDER = "/dev/pts";
/** Each takes memory of the kernel, and a number that the machine has only so many of. */
const MOST_TERMINALS = 64;
const OPTIONS = `newinstance,ptmxmode=666,mode=620,max=${MOST_TERMINALS}`;

export function planTerminals(folders: Folders): Step[] {
  return [planDevpts(), ...folders.symlink("/dev/ptmx", "pts/ptmx", "where programs ask for a new terminal")];
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
