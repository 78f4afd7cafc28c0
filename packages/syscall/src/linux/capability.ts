// Capabilities of the calling thread, as bit sets.
import { call, checked, tryCall } from "../call.ts";
import type { Pid } from "../pid.ts";
import { decodeStruct, encodeStruct } from "../struct.ts";
import { CAP_USER_DATA_LAYOUT, CAP_USER_HEADER_LAYOUT } from "./structs.ts";

/** Bit number by name, without "CAP_" (capabilities(7)). */
export const CAP = {
  CHOWN: 0,
  DAC_OVERRIDE: 1,
  DAC_READ_SEARCH: 2,
  FOWNER: 3,
  FSETID: 4,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  LINUX_IMMUTABLE: 9,
  NET_BIND_SERVICE: 10,
  NET_BROADCAST: 11,
  NET_ADMIN: 12,
  NET_RAW: 13,
  IPC_LOCK: 14,
  IPC_OWNER: 15,
  SYS_MODULE: 16,
  SYS_RAWIO: 17,
  SYS_CHROOT: 18,
  SYS_PTRACE: 19,
  SYS_PACCT: 20,
  SYS_ADMIN: 21,
  SYS_BOOT: 22,
  SYS_NICE: 23,
  SYS_RESOURCE: 24,
  SYS_TIME: 25,
  SYS_TTY_CONFIG: 26,
  MKNOD: 27,
  LEASE: 28,
  AUDIT_WRITE: 29,
  AUDIT_CONTROL: 30,
  SETFCAP: 31,
  MAC_OVERRIDE: 32,
  MAC_ADMIN: 33,
  SYSLOG: 34,
  WAKE_ALARM: 35,
  BLOCK_SUSPEND: 36,
  AUDIT_READ: 37,
  PERFMON: 38,
  BPF: 39,
  CHECKPOINT_RESTORE: 40,
} as const;

/** Bits of PR_SET_SECUREBITS. Each LOCKED bit makes the one before it final. */
export const SECBIT = {
  NOROOT: 1,
  NOROOT_LOCKED: 2,
  NO_SETUID_FIXUP: 4,
  NO_SETUID_FIXUP_LOCKED: 8,
  KEEP_CAPS: 16,
  KEEP_CAPS_LOCKED: 32,
  NO_CAP_AMBIENT_RAISE: 64,
  NO_CAP_AMBIENT_RAISE_LOCKED: 128,
} as const;

/** The three sets; bit `1n << BigInt(CAP.KILL)` is CAP_KILL. */
export interface CapabilitySets {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

/** The version of the interface with two halves of 32 bits each (_LINUX_CAPABILITY_VERSION_3). */
export const CAPABILITY_VERSION: number = 0x20080522;
const HALF = 32n;

/** capget(2) of a process, or of the calling thread for null. */
export function capget(pid: Pid | null): CapabilitySets {
  const data = new Uint8Array(2 * CAP_USER_DATA_LAYOUT.size);
  call("capget", encodeStruct(CAP_USER_HEADER_LAYOUT, { version: CAPABILITY_VERSION, pid: pid ?? 0 }), data);
  const low = decodeStruct(CAP_USER_DATA_LAYOUT, data);
  const high = decodeStruct(CAP_USER_DATA_LAYOUT, data, CAP_USER_DATA_LAYOUT.size);
  const join = (a: number, b: number): bigint => BigInt(a) | (BigInt(b) << HALF);
  return {
    effective: join(low.effective, high.effective),
    permitted: join(low.permitted, high.permitted),
    inheritable: join(low.inheritable, high.inheritable),
  };
}

/**
 * capset(2) of the calling thread.
 * @throws SyscallError EPERM for a capability that is not permitted.
 */
export function capset(sets: CapabilitySets): void {
  checked(
    "capset",
    tryCall(
      "capset",
      encodeStruct(CAP_USER_HEADER_LAYOUT, { version: CAPABILITY_VERSION, pid: 0 }),
      encodeCapabilities(sets),
    ),
  );
}

/** The two __user_cap_data_struct that capset(2) reads. */
export function encodeCapabilities(sets: CapabilitySets): Uint8Array {
  const bytes = new Uint8Array(2 * CAP_USER_DATA_LAYOUT.size);
  for (const half of [0, 1]) {
    const part = (set: bigint): bigint => (set >> (HALF * BigInt(half))) & 0xffff_ffffn;
    const { effective, permitted, inheritable } = sets;
    const encoded = encodeStruct(CAP_USER_DATA_LAYOUT, {
      effective: Number(part(effective)),
      permitted: Number(part(permitted)),
      inheritable: Number(part(inheritable)),
    });
    bytes.set(encoded, half * CAP_USER_DATA_LAYOUT.size);
  }
  return bytes;
}
