// Advice about memory of the calling process.
import { checked, tryCall } from "../call.ts";

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
} as const;

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
