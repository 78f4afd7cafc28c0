// Kills every process that there is a number for, one by one and all at once, in both ways of naming them.
#include "attack.h"
#include <signal.h>

enum { MOST = 100000 };

int main(void) {
  int reached = 0;
  for (pid_t pid = 2; pid < MOST; pid++) {
    if (pid == getpid() || pid == getpgrp()) continue;
    if (kill(pid, SIGKILL) == 0) reached++;
    if (kill(-pid, SIGKILL) == 0) reached++;
  }
  if (reached > 0) printf("by number: reached %d\n", reached);
  else printf("by number: held\n");
  told("all at once", kill(-1, SIGKILL));
  // It lives: its child would not be reaped otherwise, nor would this be told.
  for (int signal = 1; signal < 65; signal++) kill(1, signal);
  kill(getppid(), SIGKILL);
  usleep(20000);
  printf("process 1: %s\n", kill(1, 0) == 0 || errno == EPERM ? "held" : "reached");
  return 0;
}
