// What a job has used so far and in the end. Measured outside the job, always.
// Two meters: the job's own cgroup, or the process tree where this machine gives us no cgroup.
import { type JobCgroup, type TreeUsage, treeUsage } from "@hutch/linux-clone";
import { isSyscallError } from "@hutch/syscall";

/** What the parent of the job's first process learned by waiting for it: the whole tree as the kernel added it up. */
export interface Reaped {
  /** Raw wait status; null when nobody could wait, because the worker died. */
  readonly waitStatus: number | null;
  readonly cpuUserMicros: number;
  readonly cpuSystemMicros: number;
  /** The worker ended under the job, and nobody saw how the job itself ended. */
  readonly unseen?: boolean;
  /** The process of ours that holds a warm job's memory was gone when the job ended. */
  readonly holderGone?: boolean;
}

export interface FinalUsage {
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  readonly peakMemoryBytes: number;
  readonly processes: number | null;
  readonly oomKills: number;
  readonly processRefusals: number;
}

export interface Meter {
  /** CPU time used so far, milliseconds. */
  cpuMs(): number;
  /** Memory in use where nobody but us watches it; null where the kernel enforces the limit itself. */
  sampledMemoryBytes(): number | null;
  /** After the job was waited for. */
  final(reaped: Reaped): FinalUsage;
}

/** Of the job's cgroup: exact, also for processes that nobody waited for. */
export function cgroupMeter(cgroup: JobCgroup): Meter {
  const peakIsKept = cgroup.peakMemoryBytes() !== null;
  let seenBytes = 0;
  const look = (): number => {
    const bytes = cgroup.memoryNowBytes();
    seenBytes = Math.max(seenBytes, bytes);
    return bytes;
  };
  return {
    cpuMs: () => {
      const { userMicros, systemMicros } = cgroup.cpu();
      return (userMicros + systemMicros) / 1000;
    },
    sampledMemoryBytes: () => (peakIsKept ? null : look()),
    final: () => {
      const { userMicros, systemMicros } = cgroup.cpu();
      return {
        cpuUserMs: userMicros / 1000,
        cpuSystemMs: systemMicros / 1000,
        peakMemoryBytes: cgroup.peakMemoryBytes() ?? seenBytes,
        processes: cgroup.peakProcesses(),
        oomKills: cgroup.oomKills(),
        processRefusals: cgroup.processRefusals(),
      };
    },
  };
}

/**
 * Of the process tree below a process. Weaker: while the job runs, a child that ended and was never waited for is not seen;
 * the final figure has everything but children of a process that ignores SIGCHLD.
 * @param rootPid the job's first process as this process sees it; null where that is not known
 */
export function treeMeter(rootPid: number | null): Meter {
  let peakBytes = 0;
  let seenCpuMs = 0;
  const look = (): TreeUsage | null => {
    if (rootPid === null) return null;
    const usage = usageNow(rootPid);
    if (usage === null) return null;
    peakBytes = Math.max(peakBytes, usage.rssBytes, usage.largestPeakBytes);
    seenCpuMs = Math.max(seenCpuMs, usage.cpuMs);
    return usage;
  };
  // ORDER: at once, so that short jobs are seen too.
  look();
  return {
    cpuMs: () => {
      look();
      return seenCpuMs;
    },
    sampledMemoryBytes: () => look()?.rssBytes ?? 0,
    final: (reaped) => {
      const systemMs = reaped.cpuSystemMicros / 1000;
      // The kernel drops the times of processes that end together with their process 1, so after a kill what was seen counts.
      // It is not split, and taken for user time.
      return {
        cpuUserMs: Math.max(reaped.cpuUserMicros / 1000, seenCpuMs - systemMs),
        cpuSystemMs: systemMs,
        // Never ru_maxrss: execve adds to it the size of the process whose memory was shared until then, which is the launcher.
        peakMemoryBytes: peakBytes,
        processes: null,
        oomKills: 0,
        processRefusals: 0,
      };
    },
  };
}

/** null where this process has no descriptors left to look with: then what was seen before holds. */
function usageNow(rootPid: number): TreeUsage | null {
  try {
    return treeUsage(rootPid);
  } catch (error) {
    if (isSyscallError(error, "EMFILE", "ENFILE")) return null;
    throw error;
  }
}

/** Of a worker, which is ours and has no limits: to look at it would cost its jobs time. */
export const UNMETERED: Meter = {
  cpuMs: () => 0,
  sampledMemoryBytes: () => null,
  final: (reaped) => ({
    cpuUserMs: reaped.cpuUserMicros / 1000,
    cpuSystemMs: reaped.cpuSystemMicros / 1000,
    peakMemoryBytes: 0,
    processes: null,
    oomKills: 0,
    processRefusals: 0,
  }),
};

/**
 * The same job from a moment on: what a standby used to get ready is not its request's.
 * @param holders processes of ours in the job. One that the job ended may have been replaced by another, and counts
 */
export function meterSince(meter: Meter, chargedMs: number, holders: number): Meter {
  if (chargedMs === 0 && holders === 0) return meter;
  return {
    cpuMs: () => Math.max(0, meter.cpuMs() - chargedMs),
    sampledMemoryBytes: () => meter.sampledMemoryBytes(),
    final: (reaped) => {
      const whole = meter.final(reaped);
      const ours = reaped.holderGone === true ? 0 : holders;
      const used = whole.cpuUserMs + whole.cpuSystemMs;
      const share = used === 0 ? 0 : Math.max(0, used - chargedMs) / used;
      return {
        ...whole,
        cpuUserMs: whole.cpuUserMs * share,
        cpuSystemMs: whole.cpuSystemMs * share,
        processes: whole.processes === null ? null : Math.max(1, whole.processes - ours),
      };
    },
  };
}
