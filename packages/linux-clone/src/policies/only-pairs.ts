// A job that makes no Unix socket but connected pairs. What a socket file leads to is found by its inode, whatever namespace the
// job is in, and neither a read-only mount nor the filter can look at the path: so there is no socket to connect or send with.
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { absent, isInt } from "./rule-words.ts";

const EACCES = 13;
const AF_UNIX = 1;
/** What of `type` is the type; the rest is flags (net.h: SOCK_TYPE_MASK). */
const TYPE_MASK = 0xf;
/** For AF_UNIX the kernel takes SOCK_RAW for SOCK_DGRAM. */
const [SOCK_DGRAM, SOCK_RAW] = [2, 3];

const refusedPair = (type: number): SyscallRule => ({
  names: ["socketpair"],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EACCES,
  args: [{ index: 1, value: TYPE_MASK, valueTwo: type, op: "SCMP_CMP_MASKED_EQ" }],
  comment: "an end of a pair of datagram sockets sends to any path; one of a connected pair is connected for good",
});

const ONLY_PAIRS: readonly SyscallRule[] = [
  {
    names: ["socket"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: EACCES,
    args: [isInt(0, AF_UNIX)],
    comment: "the policy lets the job reach no socket by its path",
  },
  refusedPair(SOCK_DGRAM),
  refusedPair(SOCK_RAW),
  absent("makes sockets that no filter sees", "io_uring_setup"),
];

/** @param profile what such a job might do otherwise */
export function pairsProfile(profile: SyscallProfile): SyscallProfile {
  return {
    ...profile,
    syscalls: [
      ...ONLY_PAIRS,
      ...(profile.syscalls ?? []).map((rule) => ({
        ...rule,
        names: rule.names.filter((name) => name !== "io_uring_setup"),
      })),
    ],
  };
}
