// Raises the limits that it was given.
#include "attack.h"
#include <sys/resource.h>

int main(void) {
  const struct { const char *name; int resource; } LIMITS[] = {
    {"open files", RLIMIT_NOFILE}, {"size of files", RLIMIT_FSIZE}, {"core files", RLIMIT_CORE},
    {"CPU time", RLIMIT_CPU}, {"locked memory", RLIMIT_MEMLOCK}, {"nice", RLIMIT_NICE},
    {"signals", RLIMIT_SIGPENDING}, {"queues", RLIMIT_MSGQUEUE},
  };
  for (unsigned at = 0; at < sizeof LIMITS / sizeof *LIMITS; at++) {
    struct rlimit limit;
    getrlimit(LIMITS[at].resource, &limit);
    if (limit.rlim_max == RLIM_INFINITY) { printf("%s: reached, there is none\n", LIMITS[at].name); continue; }
    rlim_t before = limit.rlim_max++;
    long result = setrlimit(LIMITS[at].resource, &limit);
    // It may be told that it did.
    getrlimit(LIMITS[at].resource, &limit);
    if (result == 0 && limit.rlim_max == before) { errno = EPERM; result = -1; }
    told(LIMITS[at].name, result);
  }
  return 0;
}
