// The runtime's own code and constants, moved from the page cache into huge pages before the first fork.
// A fork copies no page tables of file mappings, so each copy takes a fault for every 64 KiB of the runtime that it runs
// through, some 300, and its end has to take thousands of such pages out again. Page tables of anonymous memory are copied, and
// a huge page has one entry for 2 MiB. What it costs: the memory of the parts that jobs run through, once per worker.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import {
  type Fd,
  MADV,
  madvise,
  mapMemory,
  moveMemory,
  O,
  open,
  PROT,
  protectMemory,
  readToMemory,
  unmapMemory,
} from "@hutch/syscall";

const HUGE = 2n * 1024n * 1024n;
const PAGE = 4096n;
const PAGES_PER_HUGE = Number(HUGE / PAGE);
const PAGEMAP_ENTRY_BYTES = 8;
/** The kernel maps this many pages around a fault. A part where it did so once only is not worth 2 MiB. */
const WORTH_PAGES = 32;

/** A mapping of a file that nobody writes to. */
export interface Segment {
  readonly from: bigint;
  readonly to: bigint;
  readonly protection: number;
  /** In the file. */
  readonly offset: bigint;
}

/** Consecutive huge pages of one segment. */
interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
  readonly segment: Segment;
}

const MAPPING =
  /^([0-9a-f]+)-([0-9a-f]+) (r-[x-]p) ([0-9a-f]+) \S+ [1-9]\d* +(.*)\n(?:(?!Anonymous:)[A-Z].*\n)*Anonymous: +(\d+) kB$/gm;

/** The runtime's code and constants, none of it mapped any more: what a job runs through from here on can be told apart. */
export function dropText(): readonly Segment[] {
  const segments = segmentsOfRuntime(readFileSync("/proc/self/smaps", "utf8"));
  // SAFETY: private mappings of a file, never written to: what is dropped comes back from the file.
  for (const { from, to } of segments) madvise(from, to - from, MADV.DONTNEED);
  return segments;
}

/**
 * Moves what was used since dropText(). The addresses stay, so nobody notices.
 * @returns how many bytes are in huge pages now
 * @throws SyscallError or Error where the machine has no huge pages to give; nothing was moved then, or not all of it
 */
export function moveUsedText(segments: readonly Segment[]): bigint {
  using runtime = open("/proc/self/exe", O.RDONLY | O.CLOEXEC);
  let moved = 0n;
  for (const stretch of segments.flatMap(usedStretches)) {
    moveStretch(runtime.fd, stretch);
    moved += stretch.to - stretch.from;
  }
  return moved;
}

/**
 * What of the runtime's file is mapped and was never written to. The part that the loader relocates is read-only too, but
 * not as it is in the file.
 * @param smaps content of /proc/self/smaps: the runtime is the first file in it
 */
export function segmentsOfRuntime(smaps: string): readonly Segment[] {
  const found = [...smaps.matchAll(MAPPING)];
  const runtime = found[0]?.[5];
  return found
    .filter((match) => match[5] === runtime && match[6] === "0")
    .map(([, from, to, rights, offset]) => ({
      from: BigInt(`0x${from}`),
      to: BigInt(`0x${to}`),
      protection: rights === "r-xp" ? PROT.READ | PROT.EXEC : PROT.READ,
      offset: BigInt(`0x${offset}`),
    }));
}

function usedStretches(segment: Segment): readonly Stretch[] {
  const first = ((segment.from + HUGE - 1n) / HUGE) * HUGE;
  const stretches: Stretch[] = [];
  for (let from = first; from + HUGE <= segment.to; from += HUGE) {
    if (residentPages(from) < WORTH_PAGES) continue;
    const last = stretches.at(-1);
    if (last?.to === from) stretches[stretches.length - 1] = { ...last, to: from + HUGE };
    else stretches.push({ from, to: from + HUGE, segment });
  }
  return stretches;
}

/** Of the huge page at this address. SOURCE: the kernel's admin-guide/mm/pagemap: bit 63 of an entry. */
function residentPages(address: bigint): number {
  const entries = Buffer.alloc(PAGES_PER_HUGE * PAGEMAP_ENTRY_BYTES);
  const pagemap = openSync("/proc/self/pagemap", "r");
  readSync(pagemap, entries, 0, entries.byteLength, Number(address / PAGE) * PAGEMAP_ENTRY_BYTES);
  closeSync(pagemap);
  let resident = 0;
  for (let at = PAGEMAP_ENTRY_BYTES - 1; at < entries.byteLength; at += PAGEMAP_ENTRY_BYTES)
    if (((entries[at] as number) & 0x80) !== 0) resident += 1;
  return resident;
}

function moveStretch(runtime: Fd, { from, to, segment }: Stretch): void {
  const bytes = to - from;
  const room = mapMemory(bytes + HUGE);
  const copy = ((room + HUGE - 1n) / HUGE) * HUGE;
  // ORDER: trimmed first, so that the kernel lists exactly this memory as one mapping.
  if (copy > room) unmapMemory(room, copy - room);
  if (room + HUGE > copy) unmapMemory(copy + bytes, room + HUGE - copy);
  try {
    madvise(copy, bytes, MADV.HUGEPAGE);
    for (let done = 0n; done < bytes; ) {
      const read = readToMemory(runtime, copy + done, bytes - done, segment.offset + (from - segment.from) + done);
      if (read === 0n) throw new Error("the runtime's file is shorter than its mapping");
      done += read;
    }
    // ORDER: checked before it is used. In small pages this would make each fork dearer instead of cheaper.
    if (hugeBytesAt(copy) !== bytes) throw new Error("the kernel had no huge pages to give");
    protectMemory(copy, bytes, segment.protection);
    // SAFETY: the same bytes at the same addresses, exchanged in one system call.
    moveMemory(copy, bytes, from);
  } catch (error) {
    unmapMemory(copy, bytes);
    throw error;
  }
}

function hugeBytesAt(address: bigint): bigint {
  const smaps = readFileSync("/proc/self/smaps", "utf8");
  // As /proc writes addresses: eight digits at least.
  const at = smaps.indexOf(`\n${address.toString(16).padStart(8, "0")}-`);
  const kibibytes = at < 0 ? null : /^AnonHugePages: +(\d+) kB$/m.exec(smaps.slice(at));
  return kibibytes === null ? 0n : BigInt(kibibytes[1] as string) * 1024n;
}
