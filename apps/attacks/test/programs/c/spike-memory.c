// Takes much memory for some milliseconds only, or stays just below the limit for a while.
#include "attack.h"
#include <sys/mman.h>

enum { BYTES = 100 << 20 };

int main(int count, char **arguments) {
  char *at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (at == MAP_FAILED) { told("memory", -1); return 0; }
  if (count > 1 && !strcmp(arguments[1], "stay")) usleep(400000);
  munmap(at, BYTES);
  printf("had %d\n", BYTES);
  return 0;
}
