// What arrived on a job's status socket, as an Exit. Pure.
// TRUST: init wrote it, or the walker before the job's code ran. The job never has the descriptor; checked all the same.
import { describeStep, type Exit, type LaunchPlan, planSteps } from "@hutch/core";
import { decodeUsage, decodeWaitStatus, errnoCode, type ResourceUsage, RUSAGE_LAYOUT } from "@hutch/syscall";
import { nameCall } from "./seccomp/name-call.ts";

/** struct record of walk-plan.c and of native/init.c: kind, index, errno, status. */
const STEP_RECORD_BYTES = 16;
/** As above, then struct rusage of process 2 and of init itself. */
const END_RECORD_BYTES = STEP_RECORD_BYTES + 2 * RUSAGE_LAYOUT.size;
const STEP_FAILED = 1;
const JOB_ENDED = 2;
/** A step's record with the number and the architecture of the call in place of index and errno. */
const FATAL_CALL = 3;

export interface StatusRecords {
  /** The step that failed first; the job's code never ran. */
  readonly failure: { readonly index: number; readonly errno: number } | null;
  /** The call that the filter forbids, as the kernel told init; init ended the job for it. */
  readonly fatal: { readonly number: number; readonly auditArch: number } | null;
  /** How process 2 ended, its usage with that of the children it waited for, and init's own. */
  readonly end: {
    readonly waitStatus: number;
    readonly job: ResourceUsage;
    readonly init: ResourceUsage;
    /** The process that holds the memory of a warm job ended before process 2 did: the job ended it, or it never was. */
    readonly holderGone: boolean;
  } | null;
}

/** Reads whole records from the start and stops at the first thing that is none. */
export function decodeStatusRecords(bytes: Uint8Array): StatusRecords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let failure: StatusRecords["failure"] = null;
  let end: StatusRecords["end"] = null;
  let fatal: StatusRecords["fatal"] = null;
  let at = 0;
  while (bytes.byteLength - at >= STEP_RECORD_BYTES) {
    const kind = view.getInt32(at, true);
    if (kind === STEP_FAILED) {
      failure ??= { index: view.getInt32(at + 4, true), errno: view.getInt32(at + 8, true) };
      at += STEP_RECORD_BYTES;
    } else if (kind === FATAL_CALL) {
      fatal ??= { number: view.getInt32(at + 4, true), auditArch: view.getInt32(at + 8, true) };
      at += STEP_RECORD_BYTES;
    } else if (kind === JOB_ENDED && bytes.byteLength - at >= END_RECORD_BYTES) {
      const usageAt = at + STEP_RECORD_BYTES;
      end ??= {
        waitStatus: view.getInt32(at + 12, true),
        holderGone: view.getInt32(at + 4, true) !== 0,
        job: decodeUsage(bytes.subarray(usageAt, usageAt + RUSAGE_LAYOUT.size)),
        init: decodeUsage(bytes.subarray(usageAt + RUSAGE_LAYOUT.size, at + END_RECORD_BYTES)),
      };
      at += END_RECORD_BYTES;
    } else break;
  }
  return { failure, fatal, end };
}

/** How the job ended, or which step of its setup failed; null when nobody said. `plan` is asked for only after a failure. */
export function parseStatusRecords(bytes: Uint8Array, plan: () => LaunchPlan): Exit | null {
  const { failure, fatal, end } = decodeStatusRecords(bytes);
  // ORDER: after a failed step init still tells that process 2 is gone, which means nothing then.
  if (failure !== null) return exitOfFailure(failure, plan());
  if (fatal !== null) return { kind: "violated", call: nameCall(fatal.number, fatal.auditArch) };
  if (end === null || end.waitStatus < 0) return null;
  const ended = decodeWaitStatus(end.waitStatus);
  if (ended.kind === "exited") return { kind: "exited", code: ended.code };
  return ended.kind === "signaled" ? { kind: "signaled", signal: ended.signal } : null;
}

/**
 * TRUST: while process 1 hands over, the job's program may run already, and where both have the same ids it can set process
 * 1's resource limits and so make its steps fail. What fails then proves nothing about the host.
 */
function exitOfFailure({ index, errno }: { readonly index: number; readonly errno: number }, plan: LaunchPlan): Exit {
  const { outer, inner, handover } = plan;
  if (handover.length > 0 && index >= outer.length + inner.length) return { kind: "unknown" };
  const step = planSteps(plan)[index];
  return {
    kind: "setup-failed",
    step: describeStep(plan, index),
    errno,
    code: errnoCode(errno),
    execute: step?.name === "execute",
    ...(step?.ofPolicy === true ? { ofPolicy: true } : {}),
  };
}
