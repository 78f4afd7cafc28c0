// Ways to a TCP connection or listener that landlock's rules for TCP do not see. Where such rules hold, these are refused.
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { isInt } from "./rule-words.ts";

const EPROTONOSUPPORT = 93;
const EOPNOTSUPP = 95;
const MSG_FASTOPEN = 0x2000_0000;
/** int socket(domain, type, protocol) */
const PROTOCOL = 2;
/** linux/in.h */
const [IPPROTO_SMC, IPPROTO_MPTCP] = [256, 262];

const fastOpen = (name: string, index: number): SyscallRule => ({
  names: [name],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EOPNOTSUPP,
  args: [{ index, value: MSG_FASTOPEN, valueTwo: MSG_FASTOPEN, op: "SCMP_CMP_MASKED_EQ" }],
  comment: "connects without connect(2), past the supervisor and past landlock",
});

export const NO_FAST_OPEN: readonly SyscallRule[] = [
  fastOpen("sendto", 3),
  fastOpen("sendmsg", 2),
  fastOpen("sendmmsg", 3),
];

/** Programs that ask for one of these take TCP when they are refused it. */
const NO_OTHER_TCP: readonly SyscallRule[] = [IPPROTO_SMC, IPPROTO_MPTCP].map((protocol) => ({
  names: ["socket"],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EPROTONOSUPPORT,
  args: [isInt(PROTOCOL, protocol)],
  comment: "connects to TCP's ports and listens on them, and is no TCP socket for landlock",
}));

/** A socket that was not bound listens on a port that the kernel chooses, and nobody asks landlock. */
export function noListener(comment: string): SyscallRule {
  return { names: ["listen"], action: "SCMP_ACT_ERRNO", errnoRet: EOPNOTSUPP, comment };
}

/** @param bindsPorts the policy names ports that the job may listen on */
export function tcpProfile(profile: SyscallProfile, bindsPorts: boolean): SyscallProfile {
  const listening = bindsPorts ? [] : [noListener("the policy names no port to listen on")];
  const decided = listening.flatMap(({ names }) => names);
  return {
    ...profile,
    syscalls: [
      ...NO_OTHER_TCP,
      ...NO_FAST_OPEN,
      ...listening,
      ...(profile.syscalls ?? []).map((rule) => ({
        ...rule,
        names: rule.names.filter((name) => !decided.includes(name)),
      })),
    ],
  };
}
