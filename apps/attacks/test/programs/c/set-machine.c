// Sets what all of the machine has in common: clock, names, accounting, swap, ports.
#include "attack.h"
#include <sys/klog.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

int main(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  told("clock", clock_settime(CLOCK_REALTIME, &now));
  struct timex tune = {.modes = ADJ_TICK, .tick = 10000};
  told("speed of the clock", adjtimex(&tune));
  struct timezone zone = {0, 0};
  told("time zone", settimeofday(NULL, &zone));
  char name[65];
  gethostname(name, sizeof name);
  told("host name", sethostname(name, strlen(name)));
  told("domain name", setdomainname("(none)", 6));
  told("swap", swapoff("/nowhere"));
  told("accounting", acct(NULL));
  // SYSLOG_ACTION_READ_ALL.
  told("messages of the kernel", klogctl(3, name, sizeof name));
  told("quotas", syscall(SYS_quotactl, 0x80000100, "/dev/null", 0, 0));
#if defined(__x86_64__)
  told("input and output ports", syscall(SYS_ioperm, 0x80, 1, 1));
  told("all ports", syscall(SYS_iopl, 3));
#endif
  return 0;
}
