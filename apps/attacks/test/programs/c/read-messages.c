// Looks for System V objects of the host, and for the session that it was started in.
#include "attack.h"
#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
  int key = atoi(target("TARGET_KEY"));
  told("a segment of the host", shmget(key, 0, 0));
  char line[512];
  int segments = -1;
  FILE *list = fopen("/proc/sysvipc/shm", "r");
  while (list != NULL && fgets(line, sizeof line, list) != NULL) segments++;
  errno = ENOENT;
  told("the list of segments", segments > 0 ? 0 : -1);
  return 0;
}
