// Makes a socket of every family but those that programs need, and of the kinds that see what is not theirs.
#include "attack.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum { FAMILIES = 46, NETLINK_KINDS = 23 };

static int needed(int family) { return family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK; }

int main(void) {
  int reached = 0;
  const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET};
  for (int family = 0; family < FAMILIES; family++)
    for (unsigned type = 0; type < sizeof types / sizeof *types; type++)
      if (!needed(family) && socket(family, types[type], 0) >= 0) reached++;
  errno = EAFNOSUPPORT;
  told("other families", reached > 0 ? 0 : -1);
  for (int kind = 1; kind < NETLINK_KINDS; kind++) if (socket(AF_NETLINK, SOCK_RAW, kind) >= 0) reached++;
  errno = EAFNOSUPPORT;
  told("netlink but routes", reached > 0 ? 0 : -1);
  told("raw IPv4", socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
  told("raw IPv6", socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
  told("packets", socket(AF_PACKET, SOCK_RAW, htons(3)));
  told("a family with bits that the kernel drops", syscall(SYS_socket, (1UL << 32) | AF_PACKET, SOCK_RAW, 0));
  return 0;
}
