// Syscall numbers of the running machine. Policies use the two complete tables to name every call.
import { type Arch, arch } from "../platform.ts";
import { ARM64 } from "./numbers-arm64.ts";
import { X86_64 } from "./numbers-x86-64.ts";

type Words<Text extends string, Found = never> = Text extends `${infer Line}\n${infer Rest}`
  ? Words<Rest, Found | WordsOfLine<Line>>
  : Found | WordsOfLine<Text>;
type WordsOfLine<Line extends string, Found = never> = Line extends `${infer Word} ${infer Rest}`
  ? WordsOfLine<Rest, Found | Word>
  : Found | Line;

/** A call that x86-64 or arm64 has. */
export type SyscallName = Exclude<Words<typeof X86_64> | Words<typeof ARM64>, "" | `${number}`>;

/** Number by name. */
export type SyscallNumbers = Readonly<Partial<Record<SyscallName, number>>>;

/** The call has no number on this architecture, for example open(2) on arm64. */
export class UnsupportedSyscallError extends Error {
  override readonly name = "UnsupportedSyscallError";
  readonly call: string;
  readonly arch: Arch;

  constructor(call: string, on: Arch) {
    super(`Cannot call ${call}: ${on} does not have it`);
    this.call = call;
    this.arch = on;
  }
}

const parsed: { [A in Arch]?: SyscallNumbers } = {};

/** All calls of an architecture, in the order of their numbers. Linux 6.18. */
export function syscallNumbers(of: Arch): SyscallNumbers {
  parsed[of] ??= parse(of === "arm64" ? ARM64 : X86_64);
  return parsed[of];
}

function parse(table: string): SyscallNumbers {
  const numbers: Record<string, number> = {};
  let next = 0;
  for (const word of table.trim().split(/\s+/)) {
    const start = Number(word);
    if (Number.isNaN(start)) numbers[word] = next++;
    else next = start;
  }
  return numbers;
}

let here: SyscallNumbers | undefined;

/**
 * The number of a call on this machine.
 * @throws UnsupportedSyscallError where this architecture lacks it; UnsupportedPlatformError on a foreign machine.
 */
export function syscallNumber(name: SyscallName): number {
  here ??= syscallNumbers(arch());
  const number = here[name];
  if (number === undefined) throw new UnsupportedSyscallError(name, arch());
  return number;
}
