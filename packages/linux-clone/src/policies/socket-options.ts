// Which options of sockets a supervised job may read and set. It holds sockets of the host's network, and by options such a
// socket tells of interfaces (SO_BINDTOIFINDEX and then SO_BINDTODEVICE, IP_PKTOPTIONS), sends its packets another way than the
// host's routes (IP_UNICAST_IF), or reaches kernel code that nobody asked for (TCP_ULP). So it is a list of what is harmless.
import type { SyscallRule } from "@hutch/core";

const ENOPROTOOPT = 92;
const [SOL_IP, SOL_SOCKET, SOL_TCP, SOL_UDP, SOL_IPV6, SOL_NETLINK] = [0, 1, 6, 17, 41, 270];
const NAMES = ["getsockopt", "setsockopt"];
/** int getsockopt(fd, level, option, …) */
const [LEVEL, OPTION] = [1, 2];

/** Numbers of asm-generic/socket.h, linux/in.h, linux/in6.h and linux/tcp.h, which both architectures share. */
const HARMLESS: readonly (readonly [level: number, first: number, last: number, comment: string])[] = [
  [SOL_SOCKET, 2, 4, "SO_REUSEADDR, SO_TYPE, SO_ERROR"],
  [SOL_SOCKET, 6, 10, "SO_BROADCAST, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_OOBINLINE"],
  [SOL_SOCKET, 12, 13, "SO_PRIORITY, SO_LINGER"],
  [SOL_SOCKET, 15, 21, "SO_REUSEPORT, SO_PASSCRED, SO_PEERCRED, low-water marks, time limits"],
  [SOL_SOCKET, 29, 31, "SO_TIMESTAMP, SO_ACCEPTCONN, SO_PEERSEC"],
  [SOL_SOCKET, 38, 39, "SO_PROTOCOL, SO_DOMAIN"],
  [SOL_SOCKET, 66, 67, "time limits past 2038"],
  [SOL_SOCKET, 76, 77, "SO_PASSPIDFD, SO_PEERPIDFD, for local sockets"],
  [SOL_TCP, 1, 12, "TCP_NODELAY to TCP_QUICKACK: how a connection that there is sends"],
  [SOL_TCP, 18, 18, "TCP_USER_TIMEOUT"],
  [SOL_TCP, 25, 25, "TCP_NOTSENT_LOWAT"],
  [SOL_IP, 1, 2, "IP_TOS, IP_TTL"],
  [SOL_IP, 10, 10, "IP_MTU_DISCOVER"],
  [SOL_IPV6, 16, 16, "IPV6_UNICAST_HOPS"],
  [SOL_IPV6, 26, 26, "IPV6_V6ONLY"],
  [SOL_IPV6, 67, 67, "IPV6_TCLASS"],
];
/** The host gives sockets of TCP only. */
const OWN_NETWORK = [SOL_UDP, SOL_NETLINK];

export const SOCKET_OPTIONS: readonly SyscallRule[] = [
  ...HARMLESS.map(
    ([level, first, last, comment]): SyscallRule => ({
      names: NAMES,
      action: "SCMP_ACT_ALLOW",
      args: [
        { index: LEVEL, value: level, op: "SCMP_CMP_EQ" },
        { index: OPTION, value: first, op: "SCMP_CMP_GE" },
        { index: OPTION, value: last, op: "SCMP_CMP_LE" },
      ],
      comment,
    }),
  ),
  ...OWN_NETWORK.map(
    (level): SyscallRule => ({
      names: NAMES,
      action: "SCMP_ACT_ALLOW",
      args: [{ index: LEVEL, value: level, op: "SCMP_CMP_EQ" }],
      comment: "only sockets of the job's own network have these",
    }),
  ),
  {
    names: NAMES,
    action: "SCMP_ACT_ERRNO",
    errnoRet: ENOPROTOOPT,
    comment: "others tell of the host's network or change where packets go; an unknown option has the same error",
  },
];
