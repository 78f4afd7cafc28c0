// What the host looks at in a job whose call it decides: through process 1's root, where /proc shows the job's own ids. (By
// process_vm_readv(2) it would need the host's own number of the caller, which the kernel tells only to who hears of the call.)
// TRUST: all of it is the job's, and may be another thing by the next look.
import { getxattr, type Pid } from "@hutch/syscall";
import type { Notification } from "./notification.ts";

const MOST_BYTES = 65_536;
const MOST_TEXT_BYTES = 4096;
const PAGE_BYTES = 4096;
/** Names of the protocols whose place a TCP connection can take. */
const STREAMS = ["TCP", "TCPv6", "MPTCP", "MPTCPv6"];

export interface Caller {
  readonly notification: Notification;
  /** Process 1 of the job. */
  readonly init: Pid;
  /** Whether it still does. */
  readonly waits: () => boolean;
  /** Aborted when nobody waits for a decision any more. */
  readonly signal: AbortSignal;
}

function file({ init, notification }: Caller, name: string): string {
  return `/proc/${init}/root/proc/${notification.pid}/${name}`;
}

/**
 * A copy of the caller's memory. ORDER: that it still waits is looked at after the read; had it ended before, its id could have
 * been another's.
 * @returns null where it is gone or has no such memory @throws RangeError for more than 64 KiB
 */
export function readMemory(caller: Caller, at: bigint, length: number): Uint8Array | null {
  if (!Number.isInteger(length) || length < 1 || length > MOST_BYTES)
    throw new RangeError(`Cannot read ${length} bytes of a caller's memory: 1 to ${MOST_BYTES} are possible`);
  const bytes = copyMemory(caller, at, length);
  return bytes?.byteLength === length && caller.waits() ? bytes : null;
}

/** Text up to its NUL. @returns null as above, and where there is no NUL after 4,096 bytes */
export function readText(caller: Caller, at: bigint): string | null {
  const pieces: Uint8Array[] = [];
  for (let have = 0; have <= MOST_TEXT_BYTES; ) {
    const from = at + BigInt(have);
    // The next page may not be there.
    const piece = copyMemory(caller, from, PAGE_BYTES - Number(BigInt.asUintN(12, from)));
    const end = piece?.indexOf(0) ?? -1;
    if (piece === null || piece.byteLength === 0) return null;
    pieces.push(end < 0 ? piece : piece.subarray(0, end));
    have += end < 0 ? piece.byteLength : end;
    if (end >= 0) return have <= MOST_TEXT_BYTES && caller.waits() ? Buffer.concat(pieces).toString("utf8") : null;
  }
  return null;
}

/** As much as there is of it. */
function copyMemory(caller: Caller, at: bigint, length: number): Uint8Array | null {
  if (at > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  try {
    const memory = openSync(file(caller, "mem"), "r");
    try {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(memory, bytes, 0, length, Number(at)));
    } finally {
      closeSync(memory);
    }
  } catch {
    // The caller ended, or the address is none of its.
    return null;
  }
}

/** O_* flags of its descriptor; null where it has none of this number. */
export function descriptorFlags(caller: Caller, fd: number): number | null {
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(file(caller, `fdinfo/${fd}`), "latin1"))?.[1];
    return flags === undefined ? null : Number.parseInt(flags, 8);
  } catch {
    // As above.
    return null;
  }
}

/** Whether its descriptor is a socket of TCP; the kernel tells the protocol of a socket as an attribute of its file. */
export function isTcp(caller: Caller, fd: number): boolean {
  const name = getxattr(file(caller, `fd/${fd}`), "system.sockprotoname");
  return name !== null && STREAMS.includes(Buffer.from(name).toString("latin1").replace(/\0.*$/, ""));
}
