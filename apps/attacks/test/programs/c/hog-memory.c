// Takes memory in the way that the argument names, 192 MiB unless it is held.
#include "attack.h"
#include <sys/mman.h>

enum { MIB = 1 << 20, CHUNK = 16 * MIB, CHUNKS = 12 };

int main(int count, char **arguments) {
  const char *way = count > 1 ? arguments[1] : "touch";
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  if (!strcmp(way, "populate")) flags |= MAP_POPULATE;
  if (!strcmp(way, "shared")) flags = MAP_SHARED | MAP_ANONYMOUS;
  long had = 0;
  for (; had < CHUNKS; had++) {
    char *at = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (at == MAP_FAILED) { told(way, -1); return 0; }
    if (!strcmp(way, "huge")) madvise(at, CHUNK, MADV_HUGEPAGE);
    for (long offset = 0; offset < CHUNK; offset += 4096) at[offset] = 1;
    // Sampled where there are no cgroups: held for long enough to be seen.
    usleep(20000);
  }
  told(way, had);
  return 0;
}
