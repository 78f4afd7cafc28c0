// System calls without a C library, for the static programs that processes of a job become.
#if defined(__x86_64__)
enum { OWN_ARCH = 0xc000003e };
enum { READ = 0, WRITE = 1, CLOSE = 3, RT_SIGACTION = 13, IOCTL = 16, SENDTO = 44, SENDMSG = 46, RECVMSG = 47, EXECVE = 59, WAIT4 = 61, KILL = 62, FCNTL = 72, GETRUSAGE = 98, PRCTL = 157, EXIT_GROUP = 231, PPOLL = 271, SIGNALFD4 = 289, DUP3 = 292, PROCESS_VM_READV = 310 };
static long call6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum { OWN_ARCH = 0xc00000b7 };
enum { DUP3 = 24, FCNTL = 25, IOCTL = 29, READ = 63, WRITE = 64, CLOSE = 57, PPOLL = 73, SIGNALFD4 = 74, EXIT_GROUP = 94, KILL = 129, RT_SIGACTION = 134, GETRUSAGE = 165, PRCTL = 167, SENDTO = 206, SENDMSG = 211, RECVMSG = 212, EXECVE = 221, WAIT4 = 260, PROCESS_VM_READV = 270 };
static long call6(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#endif

static long call(long number, long a, long b, long c, long d, long e) {
  return call6(number, a, b, c, d, e, 0);
}
