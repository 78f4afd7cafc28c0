// Limits and use of resources.
import { call, tryCall } from "../call.ts";
import type { Pid } from "../pid.ts";
import { decodeStruct, encodeStruct } from "../struct.ts";
import { RLIMIT_LAYOUT, RUSAGE_LAYOUT } from "./structs.ts";

/** Resources of prlimit(2). CPU is in seconds, RTTIME in microseconds, sizes in bytes. */
export const RLIMIT = {
  CPU: 0,
  FSIZE: 1,
  DATA: 2,
  STACK: 3,
  CORE: 4,
  RSS: 5,
  NPROC: 6,
  NOFILE: 7,
  MEMLOCK: 8,
  AS: 9,
  LOCKS: 10,
  SIGPENDING: 11,
  MSGQUEUE: 12,
  NICE: 13,
  RTPRIO: 14,
  RTTIME: 15,
} as const;

/** No limit. */
export const RLIM_INFINITY: bigint = 0xffff_ffff_ffff_ffffn;

/** Whose use getrusage(2) reports. */
export const RUSAGE = { SELF: 0, CHILDREN: -1, THREAD: 1 } as const;

/** A soft limit, which applies, and a hard limit, up to which the soft one may be raised. */
export interface ResourceLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** What a process, or a group of them, has used. */
export interface ResourceUsage {
  readonly userMicros: number;
  readonly systemMicros: number;
  /** The largest resident set. For children: of the largest one, not of the sum. */
  readonly maxResidentBytes: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly blocksRead: number;
  readonly blocksWritten: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
}

/**
 * prlimit64(2): reads a limit, and sets it if `next` is given.
 * @param pid a process of the same user, or null for the caller.
 * @returns the limit before the change.
 */
export function prlimit(pid: Pid | null, resource: number, next?: ResourceLimit): ResourceLimit {
  const before = new Uint8Array(RLIMIT_LAYOUT.size);
  const after = next === undefined ? null : encodeStruct(RLIMIT_LAYOUT, { rlim_cur: next.soft, rlim_max: next.hard });
  call("prlimit64", pid ?? 0, resource, after, before);
  const { rlim_cur, rlim_max } = decodeStruct(RLIMIT_LAYOUT, before);
  return { soft: rlim_cur, hard: rlim_max };
}

/** A limit of the calling process (getrlimit(2)). */
export function getrlimit(resource: number): ResourceLimit {
  return prlimit(null, resource);
}

/** Sets a limit of the calling process (setrlimit(2)). */
export function setrlimit(resource: number, limit: ResourceLimit): void {
  prlimit(null, resource, limit);
}

/** getrusage(2) of RUSAGE.SELF, RUSAGE.CHILDREN (waited for) or RUSAGE.THREAD. */
export function getrusage(who: number): ResourceUsage {
  const bytes = new Uint8Array(RUSAGE_LAYOUT.size);
  call("getrusage", who, bytes);
  return decodeUsage(bytes);
}

/** CPUCLOCK_SCHED of the kernel's posix-timers.h: the scheduler's own sum, for a process and not for a thread. */
const SCHEDULER_CLOCK = 2;

/**
 * CPU time that a process has used itself so far, exactly: /proc/PID/stat has the same in ticks of 10 ms, rounded down for each
 * of its fields. Any process may be asked for (clock_getcpuclockid(3)).
 * @returns microseconds, or null when there is no such process
 */
export function processCpuMicros(pid: number): number | null {
  const time = new BigInt64Array(2);
  if (tryCall("clock_gettime", (~pid << 3) | SCHEDULER_CLOCK, new Uint8Array(time.buffer)) < 0) return null;
  const [seconds = 0n, nanoseconds = 0n] = time;
  return Number(seconds) * 1_000_000 + Number(nanoseconds) / 1000;
}

/** Reads a struct rusage. */
export function decodeUsage(bytes: Uint8Array): ResourceUsage {
  const usage = decodeStruct(RUSAGE_LAYOUT, bytes);
  return {
    userMicros: usage["ru_utime.tv_sec"] * 1_000_000 + usage["ru_utime.tv_usec"],
    systemMicros: usage["ru_stime.tv_sec"] * 1_000_000 + usage["ru_stime.tv_usec"],
    maxResidentBytes: usage.ru_maxrss * 1024,
    minorFaults: usage.ru_minflt,
    majorFaults: usage.ru_majflt,
    blocksRead: usage.ru_inblock,
    blocksWritten: usage.ru_oublock,
    voluntarySwitches: usage.ru_nvcsw,
    involuntarySwitches: usage.ru_nivcsw,
  };
}
