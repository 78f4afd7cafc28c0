// A throwaway child that walks a plan and ends: what the kernel allows is found out by doing it.
import { describeStep, type LaunchPlan, parseLimits, type Step } from "@hutch/core";
import { CompiledPlan, errnoCode, type Fd, isSyscallError, recv, SOCK, socketpair, wait4 } from "@hutch/syscall";
import { lateBindings } from "../late-bindings.ts";
import { decodeStatusRecords } from "../observe.ts";
import { step } from "../step.ts";

export interface TrialFailure {
  /** What was tried last, such as `mount proc /proc (step 40 of 66)`. */
  readonly what: string;
  readonly call: string;
  readonly code: string;
}

/** The last step of every trial. */
export const END: Step = step("execute", "exit_group", [0], "a trial has no program");
/** The kernel counts a trial's two processes against limit + 1. */
const LIMITS = parseLimits({ processes: 1 });
const RECORDS_BYTES = 1024;

/** null when every step worked, and init told so where the plan has one */
export function tryPlan(plan: LaunchPlan, init: Fd | null): TrialFailure | null {
  using status = socketpair(SOCK.STREAM);
  const compiled = new CompiledPlan(plan);
  const launched = compiled.launch(
    status.b.fd,
    lateBindings({
      status: status.b.fd,
      init,
      descriptors: [],
      cgroups: [],
      limits: LIMITS,
      argv: [],
      env: [],
      cwd: "/",
      executables: [],
    }),
  );
  if (launched.kind !== "launched")
    return { what: "clone", call: "clone", code: launched.kind === "refused" ? launched.code : "EINVAL" };
  using _pidfd = launched.pidfd;
  status.b.close();
  const end = wait4(launched.pid)?.end;
  const bytes = new Uint8Array(RECORDS_BYTES);
  const records = decodeStatusRecords(bytes.subarray(0, receive(status.a.fd, bytes)));
  if (records.failure !== null) return failureOf(plan, records.failure);
  const worked = plan.handover.length > 0 ? records.end?.waitStatus === 0 : end?.kind === "exited" && end.code === 0;
  return worked ? null : { what: "init", call: "execveat", code: "no answer" };
}

/** All that the child wrote is there, for it has ended. */
function receive(fd: Fd, bytes: Uint8Array): number {
  let length = 0;
  for (;;) {
    const count = recvIfAny(fd, bytes.subarray(length));
    if (count === 0) return length;
    length += count;
  }
}

function recvIfAny(fd: Fd, into: Uint8Array): number {
  try {
    return recv(fd, into);
  } catch (error) {
    // A child that was killed while it wrote leaves a reset connection behind.
    if (isSyscallError(error, "ECONNRESET")) return 0;
    throw error;
  }
}

function failureOf(
  plan: LaunchPlan,
  { index, errno }: { readonly index: number; readonly errno: number },
): TrialFailure {
  const failed = [...plan.outer, ...plan.inner, ...plan.handover][index];
  return { what: describeStep(plan, index), call: failed?.call ?? "clone", code: errnoCode(errno) };
}
