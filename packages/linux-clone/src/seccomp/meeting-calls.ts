// Whether a job could meet another one in an empty network that both have: by an address, which only sockets have.
import type { Policy } from "@hutch/core";
import { SECCOMP_RET, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { ALLOW, type FilterRules, type Outcome } from "./filter-rules.ts";
import { type FilterTarget, resolveProfile } from "./resolve-profile.ts";

/** io_uring makes sockets, too, and no filter sees that. */
const MAKES_SOCKETS: readonly SyscallName[] = ["socket", "io_uring_setup"];

/**
 * Pairs have no address, but a pair of datagram sockets can be taken apart, bound to a name of the network namespace, and sent
 * to by that name. So pairs are harmless only where landlock keeps such names apart.
 * @param scoped landlock lets no job connect or send to an abstract name of another
 */
export function canMeet({ syscalls }: Pick<Policy, "syscalls">, target: FilterTarget, scoped: boolean): boolean {
  // The shipped profiles give local and Internet sockets.
  if (typeof syscalls === "string") return true;
  const rules = resolveProfile(syscalls, target);
  const numbers: Partial<Record<SyscallName, number>> = syscallNumbers(target.arch);
  const may = (name: SyscallName): boolean => mayCall(rules, numbers[name]);
  return isGiven(rules.unknown) || MAKES_SOCKETS.some(may) || (!scoped && may("socketpair"));
}

function mayCall(rules: FilterRules, number: number | undefined): boolean {
  const rule = number === undefined ? undefined : rules.calls.get(number);
  return rule === undefined
    ? isGiven(rules.unknown)
    : isGiven(rule.otherwise) || rule.branches.some((b) => isGiven(b.outcome));
}

function isGiven(outcome: Outcome): boolean {
  return outcome === ALLOW || outcome === SECCOMP_RET.LOG;
}
