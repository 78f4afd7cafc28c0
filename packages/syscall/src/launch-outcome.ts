// What came of a launch.
import type { OwnedFd } from "./fd.ts";
import type { LaunchMoments } from "./launch-moments.ts";
import type { Pid } from "./pid.ts";

/** The clone succeeded. A step that failed afterwards is on the status socket. */
export interface Launched {
  readonly kind: "launched";
  readonly pid: Pid;
  readonly pidfd: OwnedFd;
  readonly moments: LaunchMoments;
}

/** This is the job itself: a copy of the caller, in its new confinement. Only a warm plan gets here. */
export interface InJob {
  readonly kind: "in-job";
  /** performance.now() when its plan was walked. */
  readonly walkedMs: number;
}

/** There is no job, and what there was of it is ended. */
export interface LaunchRefused {
  readonly kind: "refused";
  /** ETIMEDOUT where a step stood still. */
  readonly errno: number;
  readonly code: string;
  /** Index of the step that stood still for five seconds, through outer, inner and handover; null where the clone was refused. */
  readonly step: number | null;
}
