// What a filter is to do, as data, before it is a program. Pure. The assembler makes a program of it that decides the same.
import { SECCOMP_RET } from "@hutch/syscall";

/** What the filter returns: SECCOMP_RET of the kernel with its 16 bits of data. */
export type Outcome = number;

/** Unsigned, all 64 bits. */
export type Condition =
  | {
      readonly kind: "eq" | "ne" | "lt" | "le" | "gt" | "ge";
      readonly index: number;
      readonly value: bigint;
    }
  | { readonly kind: "masked-eq"; readonly index: number; readonly mask: bigint; readonly value: bigint };

export interface Branch {
  /** All must hold. Never empty: what holds always is `otherwise`. */
  readonly when: readonly Condition[];
  readonly outcome: Outcome;
}

/** The first branch that holds decides. */
export interface CallRule {
  readonly branches: readonly Branch[];
  readonly otherwise: Outcome;
}

export interface FilterRules {
  /** AUDIT_ARCH of the calls that the rules are for. */
  readonly auditArch: number;
  /** Calls of another architecture, such as int 0x80 on x86-64: their numbers mean something else. */
  readonly foreign: Outcome;
  /** By syscall number; a number that is not in here gets `unknown`. */
  readonly calls: ReadonlyMap<number, CallRule>;
  readonly unknown: Outcome;
  /** Numbers from here to the end of the positive ones belong to x32; null where there is none. */
  readonly x32: { readonly from: number; readonly outcome: Outcome } | null;
}

/** A call as the kernel shows it to a filter (struct seccomp_data). */
export interface FilteredCall {
  readonly arch: number;
  /** 32 bits, unsigned. */
  readonly number: number;
  readonly args: readonly bigint[];
}

export const ALLOW: Outcome = SECCOMP_RET.ALLOW;
export const KILL: Outcome = SECCOMP_RET.KILL_PROCESS;
const NEGATIVE = 0x8000_0000;
const ERRNO_DATA = 0xffff;

export function refuse(errno: number): Outcome {
  return SECCOMP_RET.ERRNO | (errno & ERRNO_DATA);
}

/** What the rules say about one call. The assembled filter says the same: that is what tests compare. */
export function outcomeOf(rules: FilterRules, call: FilteredCall): Outcome {
  if (call.arch !== rules.auditArch) return rules.foreign;
  if (rules.x32 !== null && call.number >= rules.x32.from && call.number < NEGATIVE) return rules.x32.outcome;
  const rule = rules.calls.get(call.number);
  if (rule === undefined) return rules.unknown;
  const branch = rule.branches.find(({ when }) => when.every((condition) => holds(condition, call.args)));
  return branch?.outcome ?? rule.otherwise;
}

function holds(condition: Condition, args: readonly bigint[]): boolean {
  const given = args[condition.index] ?? 0n;
  const { value } = condition;
  switch (condition.kind) {
    case "eq":
      return given === value;
    case "ne":
      return given !== value;
    case "lt":
      return given < value;
    case "le":
      return given <= value;
    case "gt":
      return given > value;
    case "ge":
      return given >= value;
    case "masked-eq":
      return (given & condition.mask) === value;
  }
}
