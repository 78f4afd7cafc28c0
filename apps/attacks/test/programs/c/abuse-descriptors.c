// Turns what it was given for input and output against who gave it.
#include "attack.h"
#include <sys/ioctl.h>
#include <sys/mman.h>

int main(void) {
  pid_t host = atoi(target("TARGET_PID"));
  told("truncate stdin", ftruncate(0, 0));
  told("write to stdin", write(0, "x", 1));
  told("seal stdin", fcntl(0, F_ADD_SEALS, F_SEAL_SEAL));
  void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0);
  told("map stdin", at == MAP_FAILED ? -1 : 0);
  int again = open("/proc/self/fd/0", O_RDWR);
  told("write to stdin, opened again", again < 0 ? -1 : write(again, "x", 1));
  told("events of stdin", fcntl(0, F_SETOWN, host));
  told("events of stdout", fcntl(1, F_SETOWN, host));
  told("events of stderr", fcntl(2, F_SETOWN, host));
  told("type into stdin", ioctl(0, TIOCSTI, "x"));
  told("become its terminal", ioctl(1, TIOCSCTTY, 1));
  return 0;
}
