// No capability, now or ever again. ORDER: after everything that needs one.
import type { ControlReport, Step } from "@hutch/core";
import {
  CAP,
  CAP_USER_HEADER_LAYOUT,
  CAPABILITY_VERSION,
  encodeCapabilities,
  encodeStruct,
  PR,
  SECBIT,
} from "@hutch/syscall";
import { isUnprivileged, type PlanContext, works } from "../plan-context.ts";
import { EINVAL, step } from "../step.ts";

const HEADER = encodeStruct(CAP_USER_HEADER_LAYOUT, { version: CAPABILITY_VERSION, pid: 0 });
/** Numbers that newer kernels may give out; those that this kernel lacks are EINVAL. */
const MOST_CAPABILITIES = 64;
/** User 0 means nothing, capabilities are not kept over a change of ids, none becomes ambient; and none of that can be taken back. */
const LOCKED =
  SECBIT.NOROOT |
  SECBIT.NOROOT_LOCKED |
  SECBIT.NO_SETUID_FIXUP |
  SECBIT.NO_SETUID_FIXUP_LOCKED |
  SECBIT.KEEP_CAPS_LOCKED |
  SECBIT.NO_CAP_AMBIENT_RAISE |
  SECBIT.NO_CAP_AMBIENT_RAISE_LOCKED;

export function planCapabilities(context: PlanContext): Step[] {
  if (!works(context, "capabilities")) return [];
  const name = "drop capabilities";
  return [
    // Both need CAP_SETPCAP, which a process without a user namespace of its own may not have.
    step(name, "prctl", [PR.SET_SECUREBITS, LOCKED, 0, 0, 0], "user 0 means nothing, for good", {
      detail: "securebits",
    }),
    step(name, "prctl", [PR.CAPBSET_DROP, 0, 0, 0, 0], "no file can give one", {
      detail: "bounding set",
      repeat: MOST_CAPABILITIES,
      counted: 1,
      allow: EINVAL,
    }),
    sets(0n, 0n, "none is left, and the ambient set is empty with the permitted one"),
  ];
}

/**
 * Process 1 keeps one in its permitted set until it executes init, where it vanishes: the kernel lets no process attach to
 * another one that is permitted more. ORDER: its effective set is empty at that execve, because who can read any file would
 * make init dumpable.
 */
export function planInitCapabilities(context: PlanContext): Step[] {
  if (!isUnprivileged(context)) return [];
  return [sets(0n, 1n << BigInt(CAP.SYS_PTRACE), "init stays untouchable for the job up to and in its execve")];
}

function sets(effective: bigint, permitted: bigint, why: string): Step {
  const data = encodeCapabilities({ effective, permitted, inheritable: 0n });
  return step("drop capabilities", "capset", [{ bytes: HEADER }, { bytes: data }], why, {
    detail: "effective, permitted, inheritable",
  });
}

export function reportCapabilities(): ControlReport {
  return {
    name: "capabilities",
    state: "enforced",
    why: "all sets are empty, the bounding set too; securebits are locked",
  };
}
