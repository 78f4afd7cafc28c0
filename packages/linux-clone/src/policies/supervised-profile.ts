// The system calls of a command whose connections the host makes. Such a job holds sockets of the host's network, and what it
// could do with one beside its connection is closed: landlock lets it connect and bind no TCP socket, whatever network that is
// of, and what landlock has no rule for is refused here.
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { COMMAND_PROFILE } from "./command-profile.ts";

const EPERM = 1;
const EOPNOTSUPP = 95;
const MSG_FASTOPEN = 0x2000_0000;

const fastOpen = (name: string, index: number): SyscallRule => ({
  names: [name],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EOPNOTSUPP,
  args: [{ index, value: MSG_FASTOPEN, valueTwo: MSG_FASTOPEN, op: "SCMP_CMP_MASKED_EQ" }],
  comment: "connects without connect(2), past the supervisor and past landlock",
});

/** What all requests of sockets and their devices have in the second byte (linux/sockios.h), of the 32 bits that the kernel takes. */
const REQUEST_CLASS = 0xff00;
const OF_SOCKETS = 0x8900;

export const SUPERVISED_PROFILE: SyscallProfile = {
  ...COMMAND_PROFILE,
  syscalls: [
    {
      names: ["listen"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: EOPNOTSUPP,
      comment: "a connection that was dissolved could become a listener in the host's network",
    },
    fastOpen("sendto", 3),
    fastOpen("sendmsg", 2),
    fastOpen("sendmmsg", 3),
    {
      names: ["ioctl"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: EPERM,
      args: [{ index: 1, value: REQUEST_CLASS, valueTwo: OF_SOCKETS, op: "SCMP_CMP_MASKED_EQ" }],
      comment: "a socket that the host gave tells by it of the interfaces and addresses of the host's network",
    },
    ...(COMMAND_PROFILE.syscalls ?? []).map((rule) => ({
      ...rule,
      names: rule.names.filter((name) => name !== "listen"),
    })),
  ],
};
