// Attaches to process 1 as often as it can: ends with 42 as soon as it is let, 0 if it never is.
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PTRACE_SEIZE = 0x4206, TRIES = 3000 };

int main(void) {
  for (int tried = 0; tried < TRIES; tried++) {
    if (syscall(SYS_ptrace, PTRACE_SEIZE, 1, 0, 0) == 0) return 42;
    if (errno != EPERM) return 43;
  }
  return 0;
}
