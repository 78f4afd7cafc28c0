// The values that differ from job to job under one plan, under the names that the plan's steps use.
import type { Limits } from "@hutch/core";
import {
  encodeStruct,
  type Fd,
  folderOf,
  getrlimit,
  type LateValue,
  PR,
  prctl,
  RLIM_INFINITY,
  RLIMIT,
  RLIMIT_LAYOUT,
  tryCall,
} from "@hutch/syscall";
import {
  JOB_OOM_SCORE,
  jobIoPriority,
  jobNice,
  OOM_SCORE_BYTES,
  WORKER_OOM_SCORE,
} from "./confine/inherited-attributes.ts";
import { tmpfsOptions } from "./confine/mounts.ts";
import { USER_NAMESPACES_BYTES } from "./confine/nested-namespaces.ts";
import { watchQuotas } from "./confine/watch-quotas.ts";

export interface JobValues {
  /** Where init and a failed step report. Above every number that the job's own descriptors get. */
  readonly status: Fd;
  /** What openInit() gave; null for a plan without process 1. */
  readonly init: Fd | null;
  /** In the order of the plan's `descriptors`. Any numbers. */
  readonly descriptors: readonly Fd[];
  /** Descriptors of each cgroup folder's cgroup.procs. */
  readonly cgroups: readonly Fd[];
  /** Of the last one of `cgroups`, to clone the job into it: for a launcher that has rights over the folder itself. */
  readonly cgroupFolder?: Fd | null;
  /** For a policy that supervises. */
  readonly supervised?: SupervisedEnds | null;
  readonly limits: Limits;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly executables: readonly string[];
  /** How many user namespaces may be made inside: none in a job, one per job in a worker. 0 unless given. */
  readonly userNamespaces?: number;
  /** The program is ours and launches jobs: memory that runs out ends those first. */
  readonly worker?: boolean;
}

export interface SupervisedEnds {
  /** Where init tells of each call. */
  readonly calls: Fd;
  /** Where init hands its listener over before. */
  readonly handover: Fd;
  /** What waits for the host: syscall numbers of this machine. */
  readonly numbers: readonly number[];
}

const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;
const SELF = 0;

const HIGHEST_OWN_FD = 3;
/** Init, which the kernel counts with the job where both are in one user namespace. */
const OWN_PROCESSES = 1;
/**
 * Runtimes with a compiler map far more writable memory than they touch (Bun: 1 GiB for code alone), so this limit only
 * stops what is absurd. The memory limit itself is watched from outside.
 */
const DATA_SPARE_BYTES = 4 * 2 ** 30;

/** @throws RangeError for a status descriptor that the job's own ones would overwrite */
export function lateBindings(values: JobValues): Record<string, LateValue> {
  const { descriptors, limits, supervised = null } = values;
  if (values.status <= Math.max(HIGHEST_OWN_FD, descriptors.length - 1)) {
    throw new RangeError(
      `Cannot launch: the status descriptor is ${values.status}, which the job's own descriptors would overwrite`,
    );
  }
  const bound: Record<string, LateValue> = {
    status: values.status,
    initArgv: ["init", ...(supervised?.numbers ?? []).map(String)],
    awaitArgv: ["await"],
    argv: values.argv,
    envp: values.env,
    cwd: values.cwd,
    dumpable: prctl(PR.GET_DUMPABLE) === 1 ? 1 : 0,
    tmpfs: tmpfsOptions(limits.diskBytes, "1777"),
    nice: jobNice(tryCall("getpriority", PRIO_PROCESS, SELF)),
    ioPriority: jobIoPriority(tryCall("ioprio_get", IOPRIO_WHO_PROCESS, SELF)),
    oomScore: String(values.worker === true ? WORKER_OOM_SCORE : JOB_OOM_SCORE).padStart(OOM_SCORE_BYTES),
    userNamespaces: String(values.userNamespaces ?? 0).padStart(USER_NAMESPACES_BYTES),
    ...watchQuotas(),
    ...limitBindings(limits),
  };
  if (supervised !== null) {
    bound["supervisor"] = supervised.calls;
    bound["handover"] = supervised.handover;
  }
  if (values.init !== null) bound["init"] = values.init;
  descriptors.forEach((fd, index) => {
    bound[`fd${index}`] = fd;
  });
  values.cgroups.forEach((fd, index) => {
    bound[`cgroup${index}`] = fd;
  });
  const folder = values.cgroupFolder ?? null;
  if (folder !== null) bound[folderOf(`cgroup${values.cgroups.length - 1}`)] = folder;
  values.executables.forEach((path, index) => {
    bound[`path${index}`] = path;
  });
  return bound;
}

/**
 * The kernel charges RLIMIT_CPU in whole ticks, which on a busy machine can be a third more than a process used. The host's
 * own watch is exact, and this is the net below it: it must never end a job that has not used its time up.
 */
const CPU_NET_FACTOR = 1.5;
const CPU_NET_SECONDS = 1;

/** Resource limits, each no higher than this process's own hard limit: only root may raise that. */
function limitBindings(limits: Limits): Record<string, LateValue> {
  const cpuSeconds = Math.ceil((limits.cpuMs * CPU_NET_FACTOR) / 1000) + CPU_NET_SECONDS;
  return {
    // The first signal can be caught; one second later comes one that can not.
    "rlimit.cpu": limitBytes(RLIMIT.CPU, cpuSeconds, cpuSeconds + 1),
    "rlimit.fsize": limitBytes(RLIMIT.FSIZE, limits.fileSizeBytes),
    "rlimit.nofile": limitBytes(RLIMIT.NOFILE, limits.openFiles),
    "rlimit.nproc": limitBytes(RLIMIT.NPROC, limits.processes + OWN_PROCESSES),
    "rlimit.data": limitBytes(RLIMIT.DATA, limits.memoryBytes + DATA_SPARE_BYTES),
  };
}

const ceilings = new Map<number, bigint>();

function ceiling(resource: number): bigint {
  let hard = ceilings.get(resource);
  if (hard === undefined) {
    hard = getrlimit(resource).hard;
    ceilings.set(resource, hard);
  }
  return hard;
}

function limitBytes(resource: number, soft: number, hard: number = soft): Uint8Array {
  const most = ceiling(resource);
  const bounded = (value: number): bigint => (most === RLIM_INFINITY || BigInt(value) < most ? BigInt(value) : most);
  return encodeStruct(RLIMIT_LAYOUT, { rlim_cur: bounded(soft), rlim_max: bounded(hard) });
}
