// Facts that the host and the worker saw about a finished job. Nothing in here is a conclusion: decideVerdict draws those.

/** All of it measured outside the job. */
export interface Usage {
  /** CPU time of the whole process tree: user and system together. */
  readonly cpuMs: number;
  /** Of it, in the job's own code. */
  readonly cpuUserMs: number;
  /** Of it, in the kernel on behalf of the job. */
  readonly cpuSystemMs: number;
  /** From the launch until the job's first process had ended. */
  readonly wallMs: number;
  /** Of the whole tree where the machine adds it up. Otherwise the most that was seen of it, or of one process's own peak. */
  readonly peakMemoryBytes: number;
  /** Most processes and threads alive at once, where the machine counts them; else null. */
  readonly processes: number | null;
  /** Bytes of stdout and stderr together, also those past the limit. A result is not counted: decodeResponse bounds it. */
  readonly outputBytes: number;
}

/** How the job's main process ended, as the kernel told our init or the job's parent. */
export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: number }
  /** It made a system call that nobody may make; the kernel held it up until our init had ended it. `call` names it. */
  | { readonly kind: "violated"; readonly call: string }
  /**
   * A setup step failed; the job's code never ran. `step` names it, `execute` says that it was the last: exec itself,
   * `ofPolicy` that the caller's policy asked for it.
   */
  | {
      readonly kind: "setup-failed";
      readonly step: string;
      readonly errno: number;
      readonly code: string;
      readonly execute: boolean;
      readonly ofPolicy?: boolean;
    }
  /** It is gone and nobody can tell how, because init or the worker was killed first. */
  | { readonly kind: "unknown" };

/** Why the host ended the job before it ended itself. The first cause wins; a later one is never recorded. */
export type KillCause =
  | "cpu-limit"
  | "wall-limit"
  | "memory-limit"
  | "output-limit"
  | "process-limit"
  | "disk-limit"
  | "aborted"
  | "worker-died"
  | "host-failure";

/**
 * What came back on the job's socket. TRUST: written by the job, every byte of it.
 * - `none`: commands do not answer
 * - `missing`: the socket closed without an answer
 * - `invalid`: bytes that are not one answer; `why` says what is wrong with them
 */
export type Response =
  | { readonly kind: "none" }
  | { readonly kind: "missing" }
  | { readonly kind: "value" }
  | { readonly kind: "error"; readonly name: string; readonly message: string }
  | { readonly kind: "invalid-payload"; readonly why: string }
  | { readonly kind: "invalid"; readonly why: string };

export interface Evidence {
  readonly exit: Exit;
  readonly killed: KillCause | null;
  readonly response: Response;
  readonly usage: Usage;
  readonly limits: {
    readonly cpuMs: number;
    readonly wallMs: number;
    readonly memoryBytes: number;
    readonly processes: number;
    readonly outputBytes: number;
  };
  /** Kills by the kernel's out-of-memory killer inside the job's cgroup. */
  readonly oomKills: number;
  /** Times that the kernel refused a new process because of the job's limit. */
  readonly processRefusals: number;
  /** The bytes of the artifact are not those of its checksum. Seen by the runtime before any of it ran, and by the host. */
  readonly artifactMismatch: boolean;
  /** The host's own event loop was late by more than a job should pay for. */
  readonly hostStalled: boolean;
  /** What failed on our side, if something did that a job cannot cause. */
  readonly hostFailure: string | null;
}
