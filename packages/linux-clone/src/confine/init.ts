// Process 1 becomes our init, so that the job is not process 1: that one would lie about how it ended.
import type { ControlReport, Step } from "@hutch/core";
import { AT, CLOSE_RANGE } from "@hutch/syscall";
import type { PlanContext } from "../plan-context.ts";
import { NULL, step, text } from "../step.ts";
import { planListener } from "./seccomp.ts";

const STATUS_FD = 3;
const LAST = 0xffff_ffff;

/** ORDER: after process 2 exists, which is then process 2 for sure. */
export function planInit(context: PlanContext): Step[] {
  return [
    step("close descriptors", "close_range", [0, LAST, CLOSE_RANGE.CLOEXEC], "init holds nothing of the launcher's", {
      detail: "0 to the last",
    }),
    step(
      "set descriptor",
      "dup3",
      [{ late: "status" }, STATUS_FD, 0],
      "where init tells how the job ended, and sees that the host is gone",
      { detail: `${STATUS_FD}` },
    ),
    ...planListener(context),
    step(
      "become init",
      "execveat",
      [{ late: "init" }, text(""), { late: "initArgv" }, NULL, AT.EMPTY_PATH],
      "memory is not the launcher's any more",
    ),
  ];
}

export function reportInit(): ControlReport {
  return {
    name: "init",
    state: "enforced",
    why: "process 1 is ours: it reaps, reports the true end of the job, and ends with the host",
  };
}
