// No capability, now or ever again; with a range of ids those that make a root of them. ORDER: after everything that needs one.
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
import { hasRange } from "./id-map.ts";

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

/** User 0 means root of the job's own ids and keeps these over execve; none becomes ambient; and that stays so. Programs that drop rights may keep some (PR_SET_KEEPCAPS). */
const LOCKED_FOR_ROOT =
  SECBIT.NOROOT_LOCKED |
  SECBIT.NO_SETUID_FIXUP_LOCKED |
  SECBIT.NO_CAP_AMBIENT_RAISE |
  SECBIT.NO_CAP_AMBIENT_RAISE_LOCKED;
/**
 * To own files of its ids, to change to one of them for good, and to end their processes. They count in the job's user namespace
 * only, and not for mounts, networks or devices. In the order of their numbers.
 */
const OF_ROOT = [CAP.CHOWN, CAP.DAC_OVERRIDE, CAP.FOWNER, CAP.FSETID, CAP.KILL, CAP.SETGID, CAP.SETUID] as const;

export function planCapabilities(context: PlanContext): Step[] {
  if (!works(context, "capabilities")) return [];
  const name = "drop capabilities";
  const range = hasRange(context);
  const kept = range ? OF_ROOT : [];
  const bits = kept.reduce((set, capability) => set | (1n << BigInt(capability)), 0n);
  const why = range ? "user 0 is root of its own ids, for good" : "user 0 means nothing, for good";
  return [
    // Both need CAP_SETPCAP, which a process without a user namespace of its own may not have.
    step(name, "prctl", [PR.SET_SECUREBITS, range ? LOCKED_FOR_ROOT : LOCKED, 0, 0, 0], why, { detail: "securebits" }),
    ...[-1, ...kept].flatMap((capability, index): Step[] => {
      const [from, to] = [capability + 1, kept[index] ?? MOST_CAPABILITIES];
      if (from === to) return [];
      return [
        step(name, "prctl", [PR.CAPBSET_DROP, from, 0, 0, 0], "no file can give one", {
          detail: "bounding set",
          repeat: to - from,
          counted: 1,
          allow: EINVAL,
        }),
      ];
    }),
    sets(
      bits,
      bits,
      range ? "what a root of its own ids needs" : "none is left, and the ambient set is empty with the permitted one",
    ),
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

export function reportCapabilities(context: PlanContext): ControlReport {
  if (hasRange(context)) {
    const why = `${OF_ROOT.length} that count for its own ids only, while it is their root; securebits are locked`;
    return { name: "capabilities", state: "enforced", why };
  }
  return {
    name: "capabilities",
    state: "enforced",
    why: "all sets are empty, the bounding set too; securebits are locked",
  };
}
