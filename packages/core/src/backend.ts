// The contract that posix-fork and linux-clone fill in: plan (pure), and how the walker's child is observed and killed.
// Launching is the same for both: the native walker in packages/syscall walks the plan.
import type { ControlReport } from "./controls.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { Limits } from "./limits.ts";
import type { BackendName, Policy } from "./policy.ts";

/** Ids on the machine itself, outside every namespace of ours. */
export interface HostIds {
  readonly uid: number;
  readonly gid: number;
}

/** A command, or our runtime for a function or WebAssembly. */
export type JobUse = "command" | "function";

export interface PlanRequest {
  readonly policy: Policy;
  readonly limits: Limits;
  readonly start: "exec" | "warm";
  /**
   * An exec job that is made before its command is known: confined, it waits on descriptor 3 for the one command that it
   * becomes (protocol/command-frame.ts). False unless given.
   */
  readonly awaitsCommand?: boolean;
  /**
   * - `build`: the launching process sees the host's files; the plan builds the policy's root
   * - `inherit`: the launching process is a worker that already lives in the policy's root; the job gets its own /proc, /tmp and /dev/shm
   */
  readonly root: "build" | "inherit";
  /**
   * The launching process is already in a network namespace with nothing but loopback. A namespace of the job's own costs a
   * third of the whole launch.
   * - `alone`: no other job is in it while this one runs: the job stays in it
   * - `beside`: other jobs may be. It stays only where its system calls let it make no socket by which jobs could meet
   *
   * Not given: the job has a network namespace of its own.
   */
  readonly inheritNetwork?: "alone" | "beside";
  /** The launching process is the machine's real root: the job drops to `ids`. Otherwise the job has the launching process's ids. */
  readonly privileged: boolean;
  readonly ids: HostIds;
  /**
   * The launched program is a worker: it makes namespaces and mounts for jobs of its own, and so keeps the right to. False
   * unless given.
   */
  readonly launchesJobs?: boolean;
  /** What the job does, and so which shipped profile of system calls is its own. `command` unless given. */
  readonly serves?: JobUse;
  /** How many cgroup folders the job joins: late values `cgroup0`, `cgroup1`, … are descriptors of their cgroup.procs. */
  readonly cgroups: number;
  /** Paths to try for argv[0], in order; empty for a warm start. */
  readonly executables: readonly string[];
  /** Descriptors that the job keeps, by the number it finds them at: late value `fd0`, `fd1`, … are the numbers at launch. */
  readonly descriptors: readonly number[];
}

export interface PlannedLaunch {
  readonly plan: LaunchPlan;
  /** What this plan enforces and what it cannot. */
  readonly controls: readonly ControlReport[];
}

/** What a throwaway child showed. A control that is not in `missing` works. */
export interface Probe {
  readonly missing: readonly ControlReport[];
}

export interface Backend {
  readonly name: BackendName;
  /** Tries every control in a throwaway child. Takes some milliseconds; callers keep the answer for the process's life. */
  probe(): Probe;
  /** Pure: no I/O. @throws HostError for a policy that this backend cannot express */
  plan(request: PlanRequest, probe: Probe): PlannedLaunch;
}
