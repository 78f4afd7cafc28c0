// What the host looks at in a job whose call it decides: its memory by way of init, its descriptors through process 1's root,
// where /proc shows the job's own ids.
// TRUST: all of it is the job's, and may be another thing by the next look.
import { getxattr, type Pid } from "@hutch/syscall";
import type { Notification } from "./notification.ts";

const MOST_BYTES = 65_536;
const MOST_TEXT_BYTES = 4096;
/** Names of the protocols whose place a TCP connection can take. */
const STREAMS = ["TCP", "TCPv6", "MPTCP", "MPTCPv6"];

export interface Caller {
  readonly notification: Notification;
  /** Process 1 of the job. */
  readonly init: Pid;
  /**
   * As much of its memory as there is, up to a length; null where there is none. Init reads it and looks afterwards whether the
   * caller still waits: had it ended before, its id could have been another's.
   */
  readonly copy: (at: bigint, length: number) => Promise<Uint8Array | null>;
  /** Aborted when nobody waits for a decision any more. */
  readonly signal: AbortSignal;
}

function file({ init, notification }: Caller, name: string): string {
  return `/proc/${init}/root/proc/${notification.pid}/${name}`;
}

/** A copy of the caller's memory. @returns null where it is gone or has no such memory @throws RangeError for more than 64 KiB */
export async function readMemory(caller: Caller, at: bigint, length: number): Promise<Uint8Array | null> {
  if (!Number.isInteger(length) || length < 1 || length > MOST_BYTES)
    throw new RangeError(`Cannot read ${length} bytes of a caller's memory: 1 to ${MOST_BYTES} are possible`);
  const bytes = await caller.copy(at, length);
  return bytes?.byteLength === length ? bytes : null;
}

/** Text up to its NUL. @returns null as above, and where there is no NUL after 4,096 bytes */
export async function readText(caller: Caller, at: bigint): Promise<string | null> {
  // What follows the text need not be there.
  const bytes = await caller.copy(at, MOST_TEXT_BYTES + 1);
  const end = bytes?.indexOf(0) ?? -1;
  return bytes === null || end < 0 ? null : Buffer.from(bytes.subarray(0, end)).toString("utf8");
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
