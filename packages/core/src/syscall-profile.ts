// Which system calls a job may make: the seccomp part of an OCI runtime configuration, which is also the form of Docker's
// profile files. Plain data; linux-clone makes a filter of it, and says there which of it can have no effect here.
import * as v from "valibot";
import { lazy } from "./lazy.ts";

/** `SCMP_ACT_KILL` and the like end the whole job: a thread that is missing would only make the rest misbehave. */
export const SYSCALL_ACTIONS = [
  "SCMP_ACT_ALLOW",
  "SCMP_ACT_LOG",
  "SCMP_ACT_ERRNO",
  "SCMP_ACT_TRAP",
  "SCMP_ACT_KILL",
  "SCMP_ACT_KILL_THREAD",
  "SCMP_ACT_KILL_PROCESS",
] as const;
export type SyscallAction = (typeof SYSCALL_ACTIONS)[number];

export const SYSCALL_COMPARISONS = [
  "SCMP_CMP_EQ",
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_GT",
  "SCMP_CMP_GE",
  "SCMP_CMP_MASKED_EQ",
] as const;
export type SyscallComparison = (typeof SYSCALL_COMPARISONS)[number];

/** All 64 bits of an argument, compared unsigned. MASKED_EQ: the bits of `value` in the argument equal `valueTwo` (0 unless given). */
export interface SyscallArgument {
  /** 0 to 5. */
  readonly index: number;
  /** Numbers past 2^53 as text, such as "0xffffffffffffffff". */
  readonly value: number | string;
  readonly valueTwo?: number | string;
  readonly op: SyscallComparison;
}

/** What a rule is for. A job has no capability, so what needs one is never included. */
export interface SyscallScope {
  readonly caps?: readonly string[];
  /** Go's names of architectures: amd64, arm64, … */
  readonly arches?: readonly string[];
  /** Least kernel, such as "4.8". */
  readonly minKernel?: string;
}

/** Holds for a call of one of these names when all `args` hold; of two rules for one call the first one that holds decides. */
export interface SyscallRule {
  readonly names: readonly string[];
  readonly action: SyscallAction;
  /** The errno of SCMP_ACT_ERRNO; 1 (EPERM) unless given. */
  readonly errnoRet?: number;
  readonly args?: readonly SyscallArgument[] | null;
  /** Why. */
  readonly comment?: string;
  readonly includes?: SyscallScope;
  readonly excludes?: SyscallScope;
}

export interface SyscallProfile {
  /** Of calls that no rule holds for. Calls newer than every name known here get ENOSYS where this one is an errno. */
  readonly defaultAction: SyscallAction;
  readonly defaultErrnoRet?: number;
  /** Read and of no effect: entry points of other architectures always end the job. */
  readonly architectures?: readonly string[] | null;
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  /** SCMP_FILTER_FLAG names; of effect are LOG and SPEC_ALLOW. */
  readonly flags?: readonly SyscallFlag[];
  readonly syscalls?: readonly SyscallRule[] | null;
}

export const SYSCALL_FLAGS = [
  "SECCOMP_FILTER_FLAG_TSYNC",
  "SECCOMP_FILTER_FLAG_LOG",
  "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
] as const;
export type SyscallFlag = (typeof SYSCALL_FLAGS)[number];

/** `default`: the shipped profile for what the job is. `off`: no filter. */
export type Syscalls = "default" | "off" | SyscallProfile;

const MOST_ERRNO = 4095;
const EXPECTED_ERRNO = `an errno from 0 to ${MOST_ERRNO}`;
const EXPECTED_VALUE = 'a whole number from 0 to 2^53 - 1, or text such as "0xffffffffffffffff"';
const EXPECTED_INDEX = "an argument from 0 to 5";

/** Made when somebody gives a profile: few do, and it takes half a millisecond. */
export const syscallProfileSchema: () => v.GenericSchema<unknown, SyscallProfile> = lazy(() => {
  const errno = v.pipe(
    v.number(EXPECTED_ERRNO),
    v.integer(EXPECTED_ERRNO),
    v.minValue(0, EXPECTED_ERRNO),
    v.maxValue(MOST_ERRNO, EXPECTED_ERRNO),
  );
  const value = v.union(
    [
      v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      v.pipe(
        v.string(),
        v.regex(/^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/),
        v.check((text) => BigInt(text) < 2n ** 64n),
      ),
    ],
    EXPECTED_VALUE,
  );
  const texts = v.array(v.string());
  const scope = v.strictObject({
    caps: v.exactOptional(texts),
    arches: v.exactOptional(texts),
    minKernel: v.exactOptional(v.pipe(v.string(), v.regex(/^\d+\.\d+$/, 'a kernel version such as "4.8"'))),
  });
  const argument = v.strictObject({
    index: v.pipe(
      v.number(EXPECTED_INDEX),
      v.integer(EXPECTED_INDEX),
      v.minValue(0, EXPECTED_INDEX),
      v.maxValue(5, EXPECTED_INDEX),
    ),
    value,
    valueTwo: v.exactOptional(value),
    op: v.picklist(SYSCALL_COMPARISONS),
  });
  const rule = v.strictObject({
    names: v.pipe(texts, v.minLength(1, "at least one name")),
    action: v.picklist(SYSCALL_ACTIONS),
    errnoRet: v.exactOptional(errno),
    args: v.exactOptional(v.nullable(v.array(argument))),
    comment: v.exactOptional(v.string()),
    includes: v.exactOptional(scope),
    excludes: v.exactOptional(scope),
  });
  return v.strictObject({
    defaultAction: v.picklist(SYSCALL_ACTIONS),
    defaultErrnoRet: v.exactOptional(errno),
    architectures: v.exactOptional(v.nullable(texts)),
    archMap: v.exactOptional(
      v.array(v.strictObject({ architecture: v.string(), subArchitectures: v.exactOptional(v.nullable(texts)) })),
    ),
    flags: v.exactOptional(v.array(v.picklist(SYSCALL_FLAGS))),
    syscalls: v.exactOptional(v.nullable(v.array(rule))),
  });
});

const choice = '"default", "off" or a profile';

export const SyscallsSchema: v.GenericSchema<unknown, Syscalls> = v.union(
  [v.picklist(["default", "off"]), v.lazy(syscallProfileSchema)],
  choice,
);
