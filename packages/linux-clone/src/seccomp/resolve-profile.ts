// A profile as rules for one architecture and kernel. Pure.
import type { SyscallAction, SyscallArgument, SyscallProfile, SyscallRule, SyscallScope } from "@hutch/core";
import { type Arch, AUDIT_ARCH, SECCOMP_RET, syscallNumbers, X32_SYSCALL_BIT } from "@hutch/syscall";
import {
  ALLOW,
  type Branch,
  type CallRule,
  type Condition,
  type FilterRules,
  KILL,
  type Outcome,
  refuse,
} from "./filter-rules.ts";
import { isForeignName } from "./foreign-names.ts";

const EPERM = 1;
const ENOSYS = 38;
/** What OCI files call the architectures that we have. */
const GO_ARCH: Readonly<Record<Arch, string>> = { "x86-64": "amd64", arm64: "arm64" };

export interface FilterTarget {
  readonly arch: Arch;
  /** Major and minor version of the running kernel. */
  readonly kernel: readonly [major: number, minor: number];
}

/**
 * @throws TypeError for a name that no architecture has, in a rule that would make the filter stricter, and for a rule that
 * another one hides
 */
export function resolveProfile(profile: SyscallProfile, target: FilterTarget): FilterRules {
  const numbers = new Map<string, number>(Object.entries(syscallNumbers(target.arch)));
  const fallback = outcomeOfAction(profile.defaultAction, profile.defaultErrnoRet);
  const gathered = new Map<string, { readonly branches: Branch[]; final: Outcome | null }>();
  (profile.syscalls ?? []).forEach((rule, index) => {
    const where = `policy.syscalls.syscalls[${index}]`;
    const outcome = outcomeOfAction(rule.action, rule.errnoRet);
    for (const name of rule.names) checkName(name, outcome, fallback, where);
    if (!isIncluded(rule, target)) return;
    const when = (rule.args ?? []).map(conditionOf);
    for (const name of rule.names) {
      if (!numbers.has(name)) continue;
      const known = gathered.get(name) ?? { branches: [], final: null };
      gathered.set(name, known);
      if (known.final !== null) refuseHidden(name, known.final, outcome, where);
      else if (when.length === 0) known.final = outcome;
      else known.branches.push({ when, outcome });
    }
  });
  const calls = new Map<number, CallRule>();
  const unnamed: CallRule = { branches: [], otherwise: fallback };
  for (const [name, number] of numbers) {
    const rule = gathered.get(name);
    calls.set(number, rule === undefined ? unnamed : { branches: rule.branches, otherwise: rule.final ?? fallback });
  }
  return {
    auditArch: AUDIT_ARCH[target.arch],
    foreign: KILL,
    calls,
    // A program that is newer than this table takes the older call when the kernel says that it lacks the newer one; what
    // it does on EPERM nobody knows.
    unknown: isRefusal(fallback) ? refuse(ENOSYS) : fallback,
    x32: target.arch === "x86-64" ? { from: X32_SYSCALL_BIT, outcome: KILL } : null,
  };
}

function isRefusal(outcome: Outcome): boolean {
  return (outcome & 0x7fff_0000) === SECCOMP_RET.ERRNO;
}

function outcomeOfAction(action: SyscallAction, errno: number | undefined): Outcome {
  switch (action) {
    case "SCMP_ACT_ALLOW":
      return ALLOW;
    case "SCMP_ACT_LOG":
      return SECCOMP_RET.LOG;
    case "SCMP_ACT_ERRNO":
      return refuse(errno ?? EPERM);
    case "SCMP_ACT_TRAP":
      return SECCOMP_RET.TRAP;
    case "SCMP_ACT_KILL":
    case "SCMP_ACT_KILL_THREAD":
    case "SCMP_ACT_KILL_PROCESS":
      return KILL;
  }
}

function isIncluded({ includes, excludes }: SyscallRule, target: FilterTarget): boolean {
  return (includes === undefined || fits(includes, target)) && !(excludes !== undefined && touches(excludes, target));
}

function fits({ caps, arches, minKernel }: SyscallScope, target: FilterTarget): boolean {
  if (caps !== undefined && caps.length > 0) return false;
  if (arches !== undefined && arches.length > 0 && !arches.includes(GO_ARCH[target.arch])) return false;
  return minKernel === undefined || isAtLeast(target.kernel, minKernel);
}

/** A job has no capability, so a rule that excludes one stays. */
function touches({ arches, minKernel }: SyscallScope, target: FilterTarget): boolean {
  if (arches?.includes(GO_ARCH[target.arch]) === true) return true;
  return minKernel !== undefined && isAtLeast(target.kernel, minKernel);
}

function isAtLeast([major, minor]: readonly [number, number], wanted: string): boolean {
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const CONDITION_KINDS = {
  SCMP_CMP_EQ: "eq",
  SCMP_CMP_NE: "ne",
  SCMP_CMP_LT: "lt",
  SCMP_CMP_LE: "le",
  SCMP_CMP_GT: "gt",
  SCMP_CMP_GE: "ge",
} as const;

function conditionOf({ index, value, valueTwo, op }: SyscallArgument): Condition {
  if (op === "SCMP_CMP_MASKED_EQ")
    return { kind: "masked-eq", index, mask: BigInt(value), value: BigInt(valueTwo ?? 0) };
  return { kind: CONDITION_KINDS[op], index, value: BigInt(value) };
}

/**
 * Profiles are written for many architectures: what only others have is passed over. A name that none has is, too, where the
 * filter is no weaker without it, since tomorrow's kernel may have it; elsewhere it is taken for a slip.
 */
function checkName(name: string, outcome: Outcome, fallback: Outcome, where: string): void {
  if (name in syscallNumbers("x86-64") || name in syscallNumbers("arm64") || isForeignName(name)) return;
  if (outcome === fallback || outcome === ALLOW || outcome === SECCOMP_RET.LOG) return;
  throw new TypeError(
    `Cannot use ${where}: no system call is named "${name}", so what the rule forbids would be allowed`,
  );
}

function refuseHidden(name: string, first: Outcome, second: Outcome, where: string): void {
  if (first === second) return;
  throw new TypeError(
    `Cannot use ${where}: a rule before it decides every call of "${name}" otherwise; of two rules the first one holds`,
  );
}
