// Resource limits of each of the job's processes; the values are bound for each job.
// Processes are not among them: without a user namespace the kernel would count all that the user has.
import type { PlanRequest, Step } from "@hutch/core";
import { encodeStruct, RLIMIT, RLIMIT_LAYOUT } from "@hutch/syscall";
import { step } from "../step.ts";

export function planRlimits({ start }: PlanRequest): Step[] {
  const late = (name: string): Step["args"][number] => ({ late: `rlimit.${name}` });
  const zero = { bytes: encodeStruct(RLIMIT_LAYOUT, { rlim_cur: 0, rlim_max: 0 }) };
  const limit = (resource: number, detail: string, value: Step["args"][number], why: string): Step =>
    step("set resource limit", "setrlimit", [resource, value], why, { detail });
  return [
    limit(RLIMIT.CPU, "CPU time", late("cpu"), "ends a process even if nobody watches it"),
    limit(RLIMIT.FSIZE, "file size", late("fsize"), "of every file that the job writes"),
    limit(RLIMIT.NOFILE, "open files", late("nofile"), "of each process"),
    limit(RLIMIT.CORE, "core size", zero, "a core dump is a file, or a program that the host starts"),
    // A warm job is a copy of the worker, whose heap is reserved address space.
    ...(start === "exec" ? [limit(RLIMIT.DATA, "data", late("data"), "bounds a process between two samples")] : []),
  ];
}
