// What one folder of a job's cgroup can tell and do. A job has one part per cgroup tree that it needs.
import type { Limits } from "@hutch/core";
import type { OwnedFd } from "@hutch/syscall";

export interface CpuUse {
  readonly userMicros: number;
  readonly systemMicros: number;
}

export interface CgroupPart {
  readonly folder: string;
  /** Open for writing: a process with one thread that writes "0" to it joins the folder. */
  readonly procs: OwnedFd;
  /** The folder itself, where the kernel can clone a process into it: version 2. */
  readonly folderFd?: OwnedFd;
  readonly cpu?: () => CpuUse;
  readonly memoryPeakBytes?: () => number | null;
  readonly memoryNowBytes?: () => number;
  readonly oomKills?: () => number;
  /** How many are in it now, the ended ones that nobody waited for too. */
  readonly processesNow?: () => number;
  readonly processesPeak?: () => number | null;
  readonly processRefusals?: () => number;
  /** No new process in the folder from now on. */
  readonly stopForks?: () => void;
  /** Ends every process in the folder at once; absent where the kernel has no such file. */
  readonly killAll?: () => void;
  /**
   * Makes the empty folder like new for a job with these limits; absent where the kernel cannot.
   * @returns false when too much of the last job is left in it: the next one gets another folder
   */
  readonly renew?: (limits: Limits) => boolean;
  /** Closes the descriptors. The folder stays. */
  readonly close: () => void;
}

/** Makes the folder of one job. @throws SyscallError with the folder gone again */
export type MakePart = (folder: string, limits: Limits) => CgroupPart;
