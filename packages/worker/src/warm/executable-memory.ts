// The engine keeps its executable memory out of forked copies (VM_DONTCOPY). A warm worker takes that mark off, once,
// before its first fork: without it a copy crashes at its first call into compiled code.
import { readFileSync } from "node:fs";
import { MADV, madvise } from "@hutch/syscall";

/** What a forked copy now gets and would not have got. */
export interface ForkableMemory {
  readonly mappings: number;
  readonly bytes: number;
}

interface Mapping {
  readonly from: bigint;
  readonly to: bigint;
  readonly executable: boolean;
}

const MAPPING_LINE = /^([0-9a-f]+)-([0-9a-f]+) ..(.)/;
const DONT_COPY = / dc( |$)/;

/** The mappings that a fork would leave out. @param smaps content of /proc/self/smaps */
export function uncopiedMappings(smaps: string): readonly Mapping[] {
  const found: Mapping[] = [];
  let current: Mapping | null = null;
  for (const line of smaps.split("\n")) {
    const match = MAPPING_LINE.exec(line);
    if (match !== null)
      current = { from: BigInt(`0x${match[1]}`), to: BigInt(`0x${match[2]}`), executable: match[3] === "x" };
    else if (current !== null && line.startsWith("VmFlags:") && DONT_COPY.test(line)) found.push(current);
  }
  return found;
}

/**
 * Lets forked copies have the engine's executable memory.
 * @throws Error where there is none to be found, which means that this Bun works in a way that we do not know;
 * SyscallError where the kernel refuses
 */
export function allowForkOfExecutableMemory(): ForkableMemory {
  const mappings = uncopiedMappings(readFileSync("/proc/self/smaps", "utf8"));
  if (!mappings.some((mapping) => mapping.executable)) {
    throw new Error(
      "Cannot fork a warm worker: /proc/self/smaps shows no executable memory that is kept out of copies",
    );
  }
  let bytes = 0;
  for (const { from, to } of mappings) {
    madvise(from, to - from, MADV.DOFORK);
    bytes += Number(to - from);
  }
  return { mappings: mappings.length, bytes };
}
