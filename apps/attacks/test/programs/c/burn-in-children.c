// Uses CPU time in children that fork again and that nobody waits for, a little in each, and sleeps in between.
#include "attack.h"
#include <signal.h>
#include <time.h>

static double now(clockid_t clock) { struct timespec at; clock_gettime(clock, &at); return at.tv_sec * 1e3 + at.tv_nsec / 1e6; }

int main(void) {
  signal(SIGXCPU, SIG_IGN);
  double until = now(CLOCK_MONOTONIC) + 3000;
  while (now(CLOCK_MONOTONIC) < until) {
    if (fork() == 0) {
      // A grandchild, whose parent is gone.
      if (fork() == 0) while (now(CLOCK_PROCESS_CPUTIME_ID) < 20) {}
      _exit(0);
    }
    usleep(5000);
  }
  printf("all children: reached\n");
  return 0;
}
