// Leaves every odd kind of child behind: one that never executes, one of its parent, one that nobody traces, a daemon.
#include "attack.h"
#include <sched.h>
#include <signal.h>

static long cloned(unsigned long flags) { return syscall(SYS_clone, flags, 0, 0, 0, 0); }

static void stay(void) {
  for (;;) pause();
}

int main(void) {
  signal(SIGHUP, SIG_IGN);
  if (fork() == 0) {
    // Waits in the kernel, past every signal but one, for a child that never executes.
    if (cloned(CLONE_VM | CLONE_VFORK | SIGCHLD) == 0) stay();
    _exit(0);
  }
  if (cloned(CLONE_UNTRACED | SIGCHLD) == 0) stay();
  if (cloned(CLONE_PARENT | SIGCHLD) == 0) stay();
  // A child that tells nobody when it ends.
  if (cloned(0) == 0) stay();
  if (fork() == 0) {
    setsid();
    if (fork() == 0) stay();
    _exit(0);
  }
  usleep(50000);
  printf("left behind\n");
  return 0;
}
