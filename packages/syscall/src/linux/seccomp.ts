// Seccomp: operations, return values, the ioctls of a supervisor, and classic BPF opcodes (seccomp(2), seccomp_unotify(2)).
import { call } from "../call.ts";
import type { Arch } from "../platform.ts";
import { Arena, type Argument } from "../pointer.ts";
import { encodeStruct } from "../struct.ts";
import { SOCK_FILTER_LAYOUT, SOCK_FPROG_LAYOUT } from "./structs.ts";

/** Operations of seccomp(2). */
export const SECCOMP = { SET_MODE_STRICT: 0, SET_MODE_FILTER: 1, GET_ACTION_AVAIL: 2, GET_NOTIF_SIZES: 3 } as const;

/** Flags of SECCOMP.SET_MODE_FILTER. WAIT_KILLABLE_RECV SINCE: Linux 5.19. */
export const SECCOMP_FILTER_FLAG = {
  TSYNC: 1,
  LOG: 2,
  SPEC_ALLOW: 4,
  NEW_LISTENER: 8,
  TSYNC_ESRCH: 16,
  WAIT_KILLABLE_RECV: 32,
} as const;

/** What a filter returns. The low 16 bits are data, such as the errno of ERRNO. */
export const SECCOMP_RET = {
  KILL_PROCESS: 0x80000000,
  KILL_THREAD: 0,
  TRAP: 0x30000,
  ERRNO: 0x50000,
  USER_NOTIF: 0x7fc00000,
  TRACE: 0x7ff00000,
  LOG: 0x7ffc0000,
  ALLOW: 0x7fff0000,
} as const;

/** ioctls of a listener: _IOWR('!', 0, seccomp_notif) and its neighbours. */
export const SECCOMP_IOCTL_NOTIF = {
  RECV: 0xc0502100,
  SEND: 0xc0182101,
  ID_VALID: 0x40082102,
  ADDFD: 0x40182103,
  SET_FLAGS: 0x40082104,
} as const;

/** Flag of seccomp_notif_resp: go on with the call as it was. Never a security decision, the arguments may change. */
export const SECCOMP_USER_NOTIF_FLAG_CONTINUE: number = 1;

/** Flags of seccomp_notif_addfd. SEND SINCE: Linux 5.14. */
export const SECCOMP_ADDFD_FLAG = { SETFD: 1, SEND: 2 } as const;

/** What seccomp_data.arch says. */
export const AUDIT_ARCH: Readonly<Record<Arch, number>> = { "x86-64": 0xc000003e, arm64: 0xc00000b7 };

/** The bit that marks an x32 call among x86-64 numbers. */
export const X32_SYSCALL_BIT: number = 0x40000000;

/** Parts of a classic BPF opcode; add them up. */
export const BPF = {
  LD: 0x00,
  LDX: 0x01,
  ST: 0x02,
  STX: 0x03,
  ALU: 0x04,
  JMP: 0x05,
  RET: 0x06,
  MISC: 0x07,
  W: 0x00,
  H: 0x08,
  B: 0x10,
  IMM: 0x00,
  ABS: 0x20,
  IND: 0x40,
  MEM: 0x60,
  ADD: 0x00,
  SUB: 0x10,
  OR: 0x40,
  AND: 0x50,
  RSH: 0x70,
  JA: 0x00,
  JEQ: 0x10,
  JGT: 0x20,
  JGE: 0x30,
  JSET: 0x40,
  K: 0x00,
  X: 0x08,
} as const;

/** The most instructions that a filter may have. */
export const BPF_MAXINSNS: number = 4096;

/** seccomp(2): 0, or the listener's descriptor with SECCOMP_FILTER_FLAG.NEW_LISTENER (close-on-exec). */
export function seccomp(operation: number, flags: number, argument: Argument): number {
  return call("seccomp", operation, flags, argument);
}

/**
 * Puts a filter on the calling thread, and on all that it starts from here on.
 * @param program struct sock_filter by struct sock_filter; the kernel keeps a copy
 * @returns as of seccomp()
 */
export function installFilter(program: Uint8Array, flags: number = 0): number {
  using arena = new Arena();
  const len = program.byteLength / SOCK_FILTER_LAYOUT.size;
  return seccomp(
    SECCOMP.SET_MODE_FILTER,
    flags,
    encodeStruct(SOCK_FPROG_LAYOUT, { len, filter: BigInt(arena.bytes(program)) }),
  );
}
