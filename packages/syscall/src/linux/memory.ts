// Mappings of the calling process, and advice about them.
// SAFETY: addresses are numbers here. Whoever calls these knows what lies at them.
import { call, checked, tryCall } from "../call.ts";
import type { Fd } from "../fd.ts";

/** Advice of madvise(2). */
export const MADV = {
  NORMAL: 0,
  DONTNEED: 4,
  FREE: 8,
  REMOVE: 9,
  DONTFORK: 10,
  DOFORK: 11,
  MERGEABLE: 12,
  HUGEPAGE: 14,
  NOHUGEPAGE: 15,
  DONTDUMP: 16,
  DODUMP: 17,
  WIPEONFORK: 18,
  KEEPONFORK: 19,
  COLD: 20,
  PAGEOUT: 21,
  POPULATE_READ: 22,
  POPULATE_WRITE: 23,
  /** SINCE: Linux 6.1. */
  COLLAPSE: 25,
} as const;

/** Protection of mmap(2) and mprotect(2). */
export const PROT = { NONE: 0, READ: 1, WRITE: 2, EXEC: 4 } as const;

const MAP_PRIVATE_ANONYMOUS = 0x22;
const MREMAP_MAYMOVE_FIXED = 3;

/**
 * madvise(2). The address is a page of this process, such as /proc/self/maps lists.
 * SAFETY: DONTNEED, FREE, REMOVE and WIPEONFORK drop contents that the runtime may still use.
 */
export function madvise(address: bigint, lengthBytes: bigint, advice: number): void {
  checked(
    "madvise",
    tryCall("madvise", address, lengthBytes, advice),
    `0x${address.toString(16)}, ${lengthBytes} bytes`,
  );
}

/** mmap(2): private zeroed memory that may be read and written. @returns its address */
export function mapMemory(lengthBytes: bigint): bigint {
  return BigInt(call("mmap", 0, lengthBytes, PROT.READ | PROT.WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0));
}

/** munmap(2) */
export function unmapMemory(address: bigint, lengthBytes: bigint): void {
  call("munmap", address, lengthBytes);
}

/** mprotect(2) */
export function protectMemory(address: bigint, lengthBytes: bigint, protection: number): void {
  call("mprotect", address, lengthBytes, protection);
}

/**
 * mremap(2) with MREMAP_FIXED: the mapping goes to another address in one step, and what was there is unmapped.
 * SAFETY: right only where the same bytes were there before, or nobody uses that address any more.
 */
export function moveMemory(from: bigint, lengthBytes: bigint, to: bigint): void {
  call("mremap", from, lengthBytes, lengthBytes, MREMAP_MAYMOVE_FIXED, to);
}

/** pread(2) to an address. @returns bytes read, which may be fewer; 0 at the end of the file */
export function readToMemory(fd: Fd, address: bigint, lengthBytes: bigint, offset: bigint): bigint {
  return BigInt(call("pread64", fd, address, lengthBytes, offset));
}
