// What the host looks at in a job whose call it decides: through process 1's root, where /proc shows the job's own ids.
// TRUST: all of it is the job's, and may be another thing by the next look.
import type { Pid } from "@hutch/syscall";

const MOST_ADDRESS_BYTES = 128;
const [AF_INET, AF_INET6] = [2, 10];

export interface Address {
  readonly address: string;
  readonly port: number;
}

function file(init: Pid, pid: number, name: string): string {
  return `/proc/${init}/root/proc/${pid}/${name}`;
}

/** Bytes of the job's memory, once; null where there are none. */
export function readMemory(init: Pid, pid: number, at: bigint, length: bigint): Uint8Array | null {
  if (length <= 0n || length > BigInt(MOST_ADDRESS_BYTES) || at > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  try {
    const memory = openSync(file(init, pid, "mem"), "r");
    try {
      const bytes = new Uint8Array(Number(length));
      return readSync(memory, bytes, 0, bytes.length, Number(at)) === bytes.length ? bytes : null;
    } finally {
      closeSync(memory);
    }
  } catch {
    // The caller ended, or the address is none of its.
    return null;
  }
}

/** O_* flags of its descriptor; null where it has none of this number. */
export function descriptorFlags(init: Pid, pid: number, fd: number): number | null {
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(file(init, pid, `fdinfo/${fd}`), "latin1"))?.[1];
    return flags === undefined ? null : Number.parseInt(flags, 8);
  } catch {
    // As above.
    return null;
  }
}

/** struct sockaddr_in or sockaddr_in6; null for another family. An IPv4 address in an IPv6 one is the IPv4 address. */
export function parseAddress(bytes: Uint8Array): Address | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = bytes.byteLength < 2 ? 0 : view.getUint16(0, true);
  if (family === AF_INET && bytes.byteLength >= 8)
    return { address: [...bytes.subarray(4, 8)].join("."), port: view.getUint16(2) };
  if (family !== AF_INET6 || bytes.byteLength < 24) return null;
  const port = view.getUint16(2);
  const mapped = bytes.subarray(8, 20).every((byte, index) => byte === (index < 10 ? 0 : 0xff));
  if (mapped) return { address: [...bytes.subarray(20, 24)].join("."), port };
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(8 + 2 * index).toString(16));
  return { address: canonical(groups.join(":")), port };
}

/** One spelling for each address of IPv6. */
export function canonical(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}
