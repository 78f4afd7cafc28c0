// Resource limits of each of the job's processes. Those that depend on the job's limits are late values (bindings.ts).
// They stand beside the cgroup's limits for the whole tree, and in for them where there is no cgroup.
import type { ControlReport, Step } from "@hutch/core";
import { encodeStruct, RLIMIT, RLIMIT_LAYOUT } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { EPERM, step } from "../step.ts";

const KIB = 1024;
const LOCKED_BYTES = 64 * KIB;
const PENDING_SIGNALS = 1024;
/**
 * Too small for a file, and the one size at which the kernel does not start the handler that core_pattern may name: it looks at
 * no other limit for that.
 */
const CORE_BYTES = 1;

const fixed = (value: number): Step["args"][number] => ({
  bytes: encodeStruct(RLIMIT_LAYOUT, { rlim_cur: value, rlim_max: value }),
});

function limit(
  resource: number,
  detail: string,
  value: Step["args"][number],
  why: string,
  options: Pick<Step, "repeat" | "allow"> = {},
): Step {
  return step("set resource limit", "setrlimit", [resource, value], why, { detail, ...options });
}

/** ORDER: after the user namespace was made. SINCE: Linux 5.14 counts processes and signals in it, and no others of the same user. */
export function planRlimits(context: PlanContext): Step[] {
  if (!works(context, "rlimits")) return [];
  const { request } = context;
  const late = (name: string): Step["args"][number] => ({ late: `rlimit.${name}` });
  return [
    limit(RLIMIT.CPU, "CPU time", late("cpu"), "ends a process even if nobody watches it"),
    limit(RLIMIT.FSIZE, "file size", late("fsize"), "of every file that the job writes"),
    limit(RLIMIT.NOFILE, "open files", late("nofile"), "of each process"),
    // Who launches us with a hard limit of 0 leaves nobody the right to have 1.
    limit(
      RLIMIT.CORE,
      "core size",
      fixed(CORE_BYTES),
      "a core dump is a file, or a program that the host starts as root",
      {
        allow: EPERM,
      },
    ),
    limit(RLIMIT.MEMLOCK, "locked memory", fixed(LOCKED_BYTES), "locked memory can not be taken back"),
    limit(RLIMIT.SIGPENDING, "queued signals", fixed(PENDING_SIGNALS), "each takes memory of the kernel"),
    limit(
      RLIMIT.MSGQUEUE,
      "message queues, nice, real time",
      fixed(0),
      "memory of the kernel, and priority over others",
      { repeat: 3 },
    ),
    ...(request.cgroups > 0 ? [] : [limit(RLIMIT.NPROC, "processes", late("nproc"), "no cgroup counts them")]),
    // A warm job is a copy of the worker, whose heap is reserved address space; it is sampled instead.
    ...(request.cgroups > 0 || request.start === "warm"
      ? []
      : [
          limit(
            RLIMIT.DATA,
            "data",
            late("data"),
            "no cgroup counts memory; this bounds a process between two samples",
          ),
        ]),
  ];
}

export function reportLimits({ request }: PlanContext): ControlReport[] {
  const cgroup = request.cgroups > 0;
  const enforced = (name: ControlReport["name"], why: string): ControlReport => ({ name, state: "enforced", why });
  const partial = (name: ControlReport["name"], why: string): ControlReport => ({ name, state: "partial", why });
  return [
    enforced(
      "rlimits",
      "CPU time, file size, open files, core size, locked memory, signals, queues and priorities of each process",
    ),
    cgroup
      ? enforced("cpu-limit", "CPU time of the job's cgroup, watched by the host; RLIMIT_CPU")
      : partial(
          "cpu-limit",
          "CPU time of the process tree, watched by the host; RLIMIT_CPU of each process; not seen: ended children of a process that ignores SIGCHLD",
        ),
    enforced("wall-limit", "a timer of the host"),
    cgroup
      ? enforced("memory-limit", "the memory controller of the job's cgroup, without swap")
      : partial(
          "memory-limit",
          "resident memory of the process tree, sampled by the host; RLIMIT_DATA for commands; not seen: memfds and System V memory that no process maps, socket buffers, files in a tmpfs",
        ),
    enforced(
      "process-limit",
      cgroup ? "the pids controller of the job's cgroup" : "RLIMIT_NPROC in the job's user namespace",
    ),
    enforced("output-limit", "bytes counted by the host"),
  ];
}
