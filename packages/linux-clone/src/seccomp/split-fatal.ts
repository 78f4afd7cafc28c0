// One set of rules as two filters: one that holds the fatal calls up until init has heard of them, installed by process 1
// before process 2 exists, and one with all the rest, installed by process 2 at the end of its setup. Pure.
import { SECCOMP_RET, type SyscallName, syscallNumbers } from "@hutch/syscall";
import { ALLOW, type CallRule, type FilterRules, KILL, type Outcome } from "./filter-rules.ts";
import type { FilterTarget } from "./resolve-profile.ts";

/**
 * What the walker, the steps after process 1 has its filter, and init call. Init cannot answer before it is there, so none of
 * these may wait for it: where a profile makes one fatal, the kernel ends the job, and its name is not told.
 */
const CALLS_OF_SETUP = `
write exit_group rt_sigprocmask clone unshare setgroups setresuid setresgid setuid setgid prctl openat open read close
setsid chdir capset close_range fcntl dup3 landlock_create_ruleset landlock_add_rule landlock_restrict_self setrlimit
prlimit64 rt_sigaction seccomp execve execveat ioctl signalfd4 wait4 ppoll kill getrusage personality umask
sched_setscheduler sched_setattr setpriority ioprio_set keyctl rt_sigreturn restart_syscall epoll_create1 eventfd2
epoll_ctl madvise timerfd_create
`;

/** A call of the setup that is left out of here makes a launch hang under a profile that makes it fatal; a test compares. */
export function callsOfSetup(): readonly SyscallName[] {
  return CALLS_OF_SETUP.trim().split(/\s+/) as SyscallName[];
}

export interface SplitRules {
  /** Lets everything pass but what is fatal. */
  readonly fatal: FilterRules;
  readonly rest: FilterRules;
}

const HEARD: Outcome = SECCOMP_RET.USER_NOTIF;
/**
 * Of what two filters return the kernel takes what is stricter, and this is less strict than HEARD. SAFETY: were the first
 * filter missing, TRACE without a tracer would still refuse the call (seccomp(2)).
 */
const LEFT_TO_FATAL: Outcome = SECCOMP_RET.TRACE;
const WAITS: CallRule = { branches: [], otherwise: HEARD };
const NOTHING: ReadonlySet<number> = new Set();
const PASSED: CallRule = { branches: [], otherwise: ALLOW };

/** @param supervised numbers of calls that wait for the host as well */
export function splitFatal(
  rules: FilterRules,
  { arch }: FilterTarget,
  supervised: ReadonlySet<number> = NOTHING,
): SplitRules {
  const numbers = syscallNumbers(arch);
  const setup = new Set(callsOfSetup().map((name) => numbers[name]));
  return {
    fatal: changed(
      rules,
      (outcome) => (outcome === KILL ? HEARD : ALLOW),
      (number) => (supervised.has(number) ? WAITS : setup.has(number) ? PASSED : null),
    ),
    rest: changed(
      rules,
      (outcome) => (outcome === KILL ? LEFT_TO_FATAL : outcome),
      (number) => (setup.has(number) ? (rules.calls.get(number) ?? null) : null),
    ),
  };
}

/** @param instead a rule that stays as it is */
function changed(
  rules: FilterRules,
  change: (outcome: Outcome) => Outcome,
  instead: (number: number) => CallRule | null,
): FilterRules {
  return {
    auditArch: rules.auditArch,
    foreign: change(rules.foreign),
    unknown: change(rules.unknown),
    x32: rules.x32 === null ? null : { from: rules.x32.from, outcome: change(rules.x32.outcome) },
    calls: new Map([...rules.calls].map(([number, rule]) => [number, instead(number) ?? changedRule(rule, change)])),
  };
}

function changedRule({ branches, otherwise }: CallRule, change: (outcome: Outcome) => Outcome): CallRule {
  const mapped = branches.map(({ when, outcome }) => ({ when, outcome: change(outcome) }));
  const last = change(otherwise);
  // Where all come to the same the arguments need no look.
  return { branches: mapped.every(({ outcome }) => outcome === last) ? [] : mapped, otherwise: last };
}
