// The system calls of a job that the host supervises. It may hold sockets of the host's network, and what it could do with one
// beside its connection is closed: landlock lets it connect and bind no TCP socket, whatever network that is of, and what
// landlock has no rule for is refused here.
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { NO_FAST_OPEN, noListener } from "./past-landlock.ts";
import { SOCKET_OPTIONS } from "./socket-options.ts";

const EPERM = 1;

/** What requests have in the second byte of the 32 bits that the kernel takes: linux/sockios.h, and linux/wireless.h. */
const REQUEST_CLASS = 0xff00;
const [OF_SOCKETS, OF_WIRELESS] = [0x8900, 0x8b00];

const socketRequests = (ofClass: number): SyscallRule => ({
  names: ["ioctl"],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EPERM,
  args: [{ index: 1, value: REQUEST_CLASS, valueTwo: ofClass, op: "SCMP_CMP_MASKED_EQ" }],
  comment: "a socket that the host gave tells by it of the interfaces and addresses of the host's network",
});

/** Calls that are decided here and no longer by the profile below. */
const DECIDED: ReadonlySet<string> = new Set(["listen", "getsockopt", "setsockopt"]);

/** @param profile what such a job might do without a supervisor */
export function supervisedProfile(profile: SyscallProfile): SyscallProfile {
  return {
    ...profile,
    syscalls: [
      noListener("a connection that was dissolved could become a listener in the host's network"),
      ...NO_FAST_OPEN,
      socketRequests(OF_SOCKETS),
      socketRequests(OF_WIRELESS),
      ...SOCKET_OPTIONS,
      ...(profile.syscalls ?? []).map((rule) => ({ ...rule, names: rule.names.filter((name) => !DECIDED.has(name)) })),
    ],
  };
}
