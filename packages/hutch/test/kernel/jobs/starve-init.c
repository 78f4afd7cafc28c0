// Takes every resource from process 1 as early as it can: ends with 42 if that was let, 0 if not. Without a C library, which
// would take some time to begin.
#include <sys/syscall.h>

enum { RESOURCES = 16, TRIES = 2000 };

static long call(long number, long a, long b, long c, long d) {
  long result;
#if defined(__x86_64__)
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
#else
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  result = x0;
#endif
  return result;
}

// Not on the stack, which is not aligned as a function expects it.
static const unsigned long nothing[2];

void _start(void) {
  int let = 0;
  for (int tried = 0; tried < TRIES; tried++)
    for (long resource = 0; resource < RESOURCES; resource++)
      if (call(SYS_prlimit64, 1, resource, (long)nothing, 0) == 0) let = 42;
  for (;;) call(SYS_exit_group, let, 0, 0, 0);
}
