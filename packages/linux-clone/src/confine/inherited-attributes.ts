// What a process inherits from its launcher beside rights and files: scheduling, priorities, personality, and how soon the
// kernel ends it when memory runs out. A service that is dear to its machine's owner must not lend that to a job.
// Left as the launcher's on purpose: the processors it may use, and a niceness above zero. Both only hold a job back.
import type { Step } from "@hutch/core";
import { AT_FDCWD, O } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { ENOSYS, EPERM, SCRATCH_SLOT, step, text } from "../step.ts";

const SCHED_OTHER = 0;
/** struct sched_param: the one priority that SCHED_OTHER has. */
const NO_PRIORITY = new Uint8Array(4);
const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_CLASS_SHIFT = 13;
const IOPRIO_CLASS_RT = 1;
/** Best effort, the middle of eight: what the kernel takes for a process that never asked. */
const IOPRIO_ORDINARY = (2 << IOPRIO_CLASS_SHIFT) | 4;
const PER_LINUX = 0;
const SELF = 0;

const OOM_SCORE_PATH = "/proc/self/oom_score_adj";
const EACCES = 13;
/** Length of the late value `oomScore`: a number after blanks. */
export const OOM_SCORE_BYTES: number = 5;
/** A job is the first that a machine out of memory gives up; with -1000, from a launcher, its memory limit could end nobody. */
export const JOB_OOM_SCORE: number = 1000;
/** A worker goes after the jobs, and before who has no score. */
export const WORKER_OOM_SCORE: number = 500;

/** ORDER: in process 1, so that init has them too; process 2 inherits them. */
export function planPriority(context: PlanContext): Step[] {
  if (!works(context, "session")) return [];
  const name = "set priority";
  return [
    // An idle launcher may not get better (EPERM) and its jobs stay as idle as it is.
    step(
      name,
      "sched_setscheduler",
      [SELF, SCHED_OTHER, { bytes: NO_PRIORITY }],
      "a real-time job would take a processor from everybody",
      { detail: "policy", allow: EPERM },
    ),
    step(
      name,
      "setpriority",
      [PRIO_PROCESS, SELF, { late: "nice" }],
      "not before other programs; its limit keeps it there",
      {
        detail: "nice",
      },
    ),
    step(name, "ioprio_set", [IOPRIO_WHO_PROCESS, SELF, { late: "ioPriority" }], "the same for its disk", {
      detail: "input and output",
      allow: ENOSYS,
    }),
    step(
      "set personality",
      "personality",
      [PER_LINUX],
      "addresses are random and data is not executable, whatever the launcher runs with",
    ),
  ];
}

/** ORDER: in the new /proc, and as root while that is root: then the job can not lower it again. */
export function planOomScore(context: PlanContext): Step[] {
  if (!works(context, "private-root")) return [];
  const name = "set out-of-memory score";
  const why = "a machine out of memory gives up jobs first, and a limit on memory can end them";
  return [
    step(name, "openat", [AT_FDCWD, text(OOM_SCORE_PATH), O.WRONLY | O.CLOEXEC, 0], why, { save: SCRATCH_SLOT }),
    // A launcher above a worker's score may not lower it (EACCES); nobody is above a job's.
    step(name, "write", [{ slot: SCRATCH_SLOT }, { late: "oomScore" }, OOM_SCORE_BYTES], why, { allow: EACCES }),
    step(name, "close", [{ slot: SCRATCH_SLOT }], why),
  ];
}

/** From what getpriority(2) gives, which counts down from 20: never better than ordinary. */
export function jobNice(launcher: number): number {
  return Math.max(0, 20 - launcher);
}

/** From what ioprio_get(2) gives: the launcher's, unless that is real time. */
export function jobIoPriority(launcher: number): number {
  return launcher < 0 || launcher >> IOPRIO_CLASS_SHIFT === IOPRIO_CLASS_RT ? IOPRIO_ORDINARY : launcher;
}
