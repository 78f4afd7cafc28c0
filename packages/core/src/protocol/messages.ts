// What host and worker say to each other: one union per direction, one message per packet.
// TRUST: the worker believes the host. The host believes a worker's message only as far as a worker can know the fact.
import type { JobUse } from "../backend.ts";
import type { ControlReport } from "../controls.ts";
import type { Limits } from "../limits.ts";
import type { Policy } from "../policy.ts";
import type { JobPhase } from "./job-phases.ts";

/** Goes up whenever a message changes. Both sides refuse any other version. */
export const PROTOCOL_VERSION = 5;

/** Names of the descriptors that travel with a message, in the order in which they are attached. */
export type DescriptorSlot =
  | "status"
  | "stdin"
  | "stdout"
  | "stderr"
  | "job"
  | "init"
  /** Where the job's init tells the host of calls, and where it hands its listener over before: see policy.supervise. */
  | "supervisor"
  | "handover"
  | `cgroup${number}`;

/** First message to the worker, after its hello. Attached: init. */
export interface Setup {
  readonly kind: "setup";
  readonly policy: Policy;
  readonly limits: Limits;
  readonly backend: "linux-clone" | "posix-fork";
  /** Paths inside the worker's root of trusted modules, evaluated once in the worker. */
  readonly preload: readonly string[];
  readonly cgroups: number;
  /** Whether more than one job runs in the worker at a time: jobs that could meet then have networks of their own. */
  readonly jobsBeside: boolean;
  /** What the host found that this machine cannot enforce: the worker's plans do without it, and say so. */
  readonly missing: readonly ControlReport[];
}

/** Attached, in this order and only where `descriptors` names it: see DescriptorSlot. */
export interface Launch {
  readonly kind: "launch";
  readonly jobId: number;
  /**
   * `warm` jobs read their request from the job socket; `cold` jobs are a fresh Bun that does the same; `exec` jobs are a
   * command, and `await` jobs become the one that they read from the job socket.
   */
  readonly start: "warm" | "cold" | "exec" | "await";
  /** Which system calls it may make: see JobUse. */
  readonly serves: JobUse;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly limits: Limits;
  readonly descriptors: readonly DescriptorSlot[];
}

/** Takes the exit status away. The host sends it after it dropped its own record of the job. */
export interface Reap {
  readonly kind: "reap";
  readonly jobId: number;
}
/** Ends a job whose pidfd the host has not got yet. Afterwards the pidfd is the shorter way. */
export interface Kill {
  readonly kind: "kill";
  readonly jobId: number;
}
/**
 * Asks where a job is. Attached: the stream socket that the answer, a StatusReply, is wanted on. So it can be asked at any
 * time, and a worker that does not answer is told from one that has nothing to say.
 */
export interface Status {
  readonly kind: "status";
  readonly jobId: number;
}
/** No more launches: the worker ends when its last job was reaped. */
export interface Retire {
  readonly kind: "retire";
}

export type HostMessage = Setup | Launch | Reap | Kill | Status | Retire;

/** On the socket that came with a `status`; the worker closes it then. */
export interface StatusReply {
  readonly kind: "status-reply";
  readonly jobId: number;
  readonly phase: JobPhase;
  /** Packets that the worker has sent before: whoever got fewer has lost one. */
  readonly sent: number;
}

/** The worker's first message. */
export interface Hello {
  readonly kind: "hello";
  readonly protocolVersion: number;
  readonly hutchVersion: string;
  readonly bunVersion: string;
}

/** The worker is locked down and serves. */
export interface Ready {
  readonly kind: "ready";
  /** `cold` when the canary or the thread count failed; `why` says how. */
  readonly start: "warm" | "cold";
  readonly why: string;
  readonly threads: number;
  readonly canaryMicros: number;
  readonly controls: readonly ControlReport[];
}

/** The worker cannot serve and ends. `preload` is the user's to mend, the rest is ours. */
export interface SetupFailed {
  readonly kind: "setup-failed";
  readonly cause: "preload" | "sandbox";
  readonly message: string;
}

/** Pushed. Attached: the pidfd of the job's first process. */
export interface Started {
  readonly kind: "started";
  readonly jobId: number;
  readonly setupMicros: number;
  /** When the worker began to launch it: microseconds of CLOCK_MONOTONIC. */
  readonly begunMicros: number;
  /** Microseconds from there (LaunchMoments in syscall); 0 for what was not seen. */
  readonly clonedMicros: number;
  readonly walkedMicros: number;
  readonly executedMicros: number;
}
/** The clone itself failed. A step that failed later is reported on the job's status socket. */
export interface LaunchFailed {
  readonly kind: "launch-failed";
  readonly jobId: number;
  readonly errno: number;
  readonly message: string;
}

/** Pushed. Seen with WNOWAIT, not reaped. Usage is that of the whole tree as the kernel adds it up for the job's first process. */
export interface Exited {
  readonly kind: "exited";
  readonly jobId: number;
  /** Raw wait status of the job's first process. */
  readonly waitStatus: number;
  readonly cpuUserMicros: number;
  readonly cpuSystemMicros: number;
}

export interface Log {
  readonly kind: "log";
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

export type WorkerMessage = Hello | Ready | SetupFailed | Started | LaunchFailed | Exited | Log;

/** How many descriptors come beside a message. More or fewer are an error, and those that came are closed. */
export function attachedTo(message: HostMessage | WorkerMessage): number {
  switch (message.kind) {
    case "setup":
      return message.backend === "linux-clone" ? 1 : 0;
    case "launch":
      return message.descriptors.length;
    case "status":
    case "started":
      return 1;
    default:
      return 0;
  }
}
