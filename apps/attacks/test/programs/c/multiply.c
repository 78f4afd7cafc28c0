// Makes as many of itself as it may, in the way that the argument names, up to 200.
#include "attack.h"
#include <pthread.h>
#include <signal.h>

enum { MOST = 200 };

static void *stay(void *nothing) { for (;;) pause(); return nothing; }

// A mutex that somebody holds when all ends: the kernel walks such lists at the exit of a thread.
static pthread_mutex_t held;
static void *stay_with_mutex(void *nothing) { pthread_mutex_lock(&held); return stay(nothing); }

int main(int count, char **arguments) {
  const char *way = count > 1 ? arguments[1] : "fork";
  pthread_mutexattr_t robust;
  pthread_mutexattr_init(&robust);
  pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&held, &robust);
  for (int made = 0; made < MOST; made++) {
    if (!strcmp(way, "thread")) {
      pthread_t thread;
      errno = pthread_create(&thread, NULL, made == 0 ? stay_with_mutex : stay, NULL);
      if (errno != 0) { told(way, -1); return 0; }
      continue;
    }
    pid_t child = fork();
    if (child < 0) { told(way, -1); return 0; }
    if (child == 0 && !strcmp(way, "vfork") && vfork() == 0) for (;;) pause();
    if (child == 0) stay(NULL);
  }
  told(way, 0);
  return 0;
}
