// Refuses to end: blocks and ignores every signal, then computes, sleeps or stops for as long as nine tenths of a second.
#include "attack.h"
#include <signal.h>
#include <time.h>

static double now(clockid_t clock) { struct timespec at; clock_gettime(clock, &at); return at.tv_sec * 1e3 + at.tv_nsec / 1e6; }

int main(int count, char **arguments) {
  const char *way = count > 1 ? arguments[1] : "compute";
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  // On a busy machine computing takes longer than it costs.
  clockid_t clock = strcmp(way, "compute") ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
  double until = now(clock) + 900;
  if (!strcmp(way, "stop")) {
    pid_t self = getpid();
    if (fork() == 0) { usleep(900000); kill(self, SIGCONT); _exit(0); }
    kill(self, SIGSTOP);
  }
  while (now(clock) < until)
    if (!strcmp(way, "sleep")) usleep(1000);
  told(way, 0);
  return 0;
}
