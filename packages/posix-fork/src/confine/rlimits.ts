// Resource limits of each of the job's processes; the values are bound for each job.
// Processes are not among them: without a user namespace the kernel would count all that the user has.
import type { PlanRequest, Step } from "@hutch/core";
import { encodeStruct, RLIMIT, RLIMIT_LAYOUT } from "@hutch/syscall";
import { step } from "../step.ts";

const EPERM = 1;

export function planRlimits({ start }: PlanRequest): Step[] {
  const late = (name: string): Step["args"][number] => ({ late: `rlimit.${name}` });
  // Too small for a file, and on Linux the one size at which the kernel starts no program for a dump either.
  const none = { bytes: encodeStruct(RLIMIT_LAYOUT, { rlim_cur: 1, rlim_max: 1 }) };
  const limit = (
    resource: number,
    detail: string,
    value: Step["args"][number],
    why: string,
    extra: Pick<Step, "allow"> = {},
  ): Step => step("set resource limit", "setrlimit", [resource, value], why, { detail, ...extra });
  return [
    limit(RLIMIT.CPU, "CPU time", late("cpu"), "ends a process even if nobody watches it"),
    limit(RLIMIT.FSIZE, "file size", late("fsize"), "of every file that the job writes"),
    limit(RLIMIT.NOFILE, "open files", late("nofile"), "of each process"),
    limit(RLIMIT.CORE, "core size", none, "a core dump is a file, or a program that the host starts as root", {
      // Who launches us with a hard limit of 0 leaves nobody the right to have 1.
      allow: EPERM,
    }),
    // A warm job is a copy of the worker, whose heap is reserved address space.
    ...(start === "exec" ? [limit(RLIMIT.DATA, "data", late("data"), "bounds a process between two samples")] : []),
  ];
}
