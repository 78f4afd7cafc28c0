// The smallest program, and when it began: one look at the clock, which it writes to its output. No library, no loader.
//   cc -O2 -static -nostdlib -o stamp stamp.c
#include <asm/unistd.h>

enum { CLOCK_REALTIME = 0, STDOUT = 1 };

static long call(long number, long first, long second, long third) {
#if defined(__x86_64__)
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = first;
	register long x1 __asm__("x1") = second;
	register long x2 __asm__("x2") = third;
	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
#endif
}

void _start(void) {
	long time[2];
	call(__NR_clock_gettime, CLOCK_REALTIME, (long)time, 0);
	call(__NR_write, STDOUT, (long)time, sizeof time);
	call(__NR_exit, 0, 0, 0);
	__builtin_unreachable();
}
