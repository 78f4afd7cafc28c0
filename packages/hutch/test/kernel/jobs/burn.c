// Uses up processor time where a count of one process, or of one family, would miss it.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));

static void burn(long milliseconds) {
  struct timespec now, until;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &until);
  until.tv_nsec += milliseconds * 1000000;
  do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  while (milliseconds == 0 || (now.tv_sec - until.tv_sec) * 1000000000 + now.tv_nsec < until.tv_nsec);
}

static void *in_thread(void *unused) { burn(0); return unused; }
static int in_clone(void *unused) { burn(0); return unused != 0; }
static void *fork_in_thread(void *unused) { if (fork() == 0) burn(0); for (;;) pause(); return unused; }

int main(int count, char **arguments) {
  pthread_t thread;
  const char *way = count > 1 ? arguments[1] : "";
  if (!strcmp(way, "thread")) { pthread_create(&thread, 0, in_thread, 0); pthread_exit(0); }
  if (!strcmp(way, "session")) { if (fork() == 0) { setsid(); if (fork() == 0) burn(0); _exit(0); } wait(0); }
  if (!strcmp(way, "vfork") && vfork() == 0) burn(0);
  if (!strcmp(way, "silent-child")) clone(in_clone, stack + sizeof stack, CLONE_VM, 0);
  if (!strcmp(way, "sibling") && fork() == 0) clone(in_clone, stack + sizeof stack, CLONE_VM | CLONE_PARENT | SIGCHLD, 0);
  if (!strcmp(way, "reaper")) { prctl(PR_SET_CHILD_SUBREAPER, 1); if (fork() == 0) { if (fork() == 0) burn(0); _exit(0); } }
  if (!strcmp(way, "child-of-thread")) pthread_create(&thread, 0, fork_in_thread, 0);
  if (!strcmp(way, "relay") && fork() == 0) for (;;) { if (fork() != 0) _exit(0); burn(3); }
  if (!strcmp(way, "stopped")) { if (fork() == 0) burn(0); kill(getpid(), SIGSTOP); }
  if (!strcmp(way, "secret")) { prctl(PR_SET_DUMPABLE, 0); burn(0); }
  if (!strcmp(way, "odd-name")) { prctl(PR_SET_NAME, "a) Z 1 (\n"); burn(0); }
  if (!strcmp(way, "execute")) { burn(5); execv(arguments[0], arguments); }
  for (;;) pause();
}
