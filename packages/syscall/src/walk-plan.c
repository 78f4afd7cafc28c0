// The native plan walker: the only code that runs between clone and a job's first instruction (read with walk-plan.ts).
// It decides nothing. Policy is a list of syscalls; this walks three segments of it:
//   outer    process 1, before process 2 exists (namespaces are new, memory is still the caller's)
//   inner    process 2; the last step is execve, or JavaScript goes on in a copy of the caller (warm)
//   handover process 1, after process 2 exists; the last step becomes our init
// A plan without outer and handover has no process 1: the clone is the job (plain fork).
// Every process here is made as by vfork: the kernel holds its parent until it has a program of its own. So that this is not the
// caller, process 1 is made by a thread that does nothing else. The caller waits until nobody uses its memory any more, but not
// for ever: a step can stand still, on a file system that does not answer, in a cgroup that is frozen, or stopped by a signal.
// Then the launch is ended. (Without vfork the kernel would take a process that shares its memory for a part of the caller, and
// what it sets as its own score for when memory runs out would become the caller's, too.)
// RULE: no allocation, and no libc but setjmp and longjmp: the children share the caller's memory, its errno, too.
typedef unsigned long u64;
typedef long i64;
#define CLONE_INTO_CGROUP 0x200000000UL
int _setjmp(void *);
void longjmp(void *, int);

enum { CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000, CLONE_PIDFD = 0x1000, CLONE_CHILD_CLEARTID = 0x00200000, CLONE_CHILD_SETTID = 0x01000000, SIGKILL = 9, SIGCHLD = 17, SIG_SETMASK = 2, FUTEX_WAIT = 0, ENOSYS = 38, ETIMEDOUT = 110 };
enum { RECORD_STEP = 1 };
// Read by the launcher between two readings of its own clock: begun and settled.
enum { BEGUN, CLONED, WALKED, EXECUTED, SETTLED, MARKS };
enum { SLOTS = 12, ANY_ERRNO = -1, STACK_BYTES = 65536 };
// How long one step may take, and how long a killed launch has to be gone, in waits of a tenth of a second: a machine that
// stood still itself uses up one of them.
enum { WAIT_NANOSECONDS = 100000000, PATIENCE = 50, GRACE = 10 };

// One step. `refs` holds a byte per argument: 0 takes args[i], k takes the result saved in slot k - 1.
struct step { i64 number; u64 args[6]; u64 refs; i64 save; i64 allow; i64 repeat; i64 counted; };

struct launch {
  struct step *steps;
  i64 outer_end, inner_end, count; // segments: [0, outer_end) [outer_end, inner_end) [inner_end, count)
  i64 flags;                       // namespaces of process 1
  i64 warm;                        // 1: process 2 is a copy of the caller that goes on in it
  i64 status_fd;                   // where a failed step is reported
  u64 tid_address;                 // glibc's cached thread id, rewritten in a warm copy; 0 if unknown
  i64 holds;                       // 1: a warm copy has a second process that holds its memory
  i64 nr_write, nr_exit_group, nr_sigprocmask, nr_clone, nr_close_range, nr_ppoll;
  volatile int pid, pidfd;         // result
  u64 saved_mask;
  i64 slots[SLOTS];
  i64 cgroup_fd, cgroup_step;      // folder to clone process 2 into, -1 for none; the step that this stands for
  i64 nr_clone3, nr_futex, nr_pidfd_send_signal, nr_exit;
  char *stack1, *stack2, *stack3;  // the ends of the stacks of process 1, process 2, and the thread
  volatile i64 at;                 // the step that is being walked
  volatile int busy[4];            // 1 while process 1, process 2 and the thread use this memory; the kernel clears and wakes
  i64 deferred;                    // 1: launch() does not wait; the caller does something for the child and then settles
  i64 stood;                       // result: 0, or 1 + the step that stood still, for which the launch was ended
  i64 abandoned;                   // result: 1 where a killed process still uses this memory, which may never be used again
  i64 execute_at;                  // the first of the steps that execute the job's program; inner_end where none does
  volatile double marks[MARKS];    // result: when each was passed, in ticks; 0 for what was not, or where there are no ticks
};

// What a failed step looks like on the status socket; the layout of init.c's record, without the usage.
struct record { int kind, index, error, reserved; };

static i64 jump[64];

#if defined(__TINYC__)
// Where no library may be mapped, the runtime's own compiler makes this from the source. It has no assembler for registers, so
// the C library makes the calls; the children then have the caller's errno, which therefore has to be held by the kernel.
long syscall(long, ...);
int clone(int (*entry)(void *), void *stack, int flags, void *argument, ...);
int *__errno_location(void);

static i64 call(i64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  i64 result = syscall(number, a, b, c, d, e, f);
  return result < 0 ? -(i64)*__errno_location() : result;
}

static i64 start(struct launch *l, int (*entry)(void *), char *stack, i64 flags, volatile int *busy) {
  i64 pid = clone(entry, stack, (int)flags, l, (int *)&l->pidfd, 0, busy);
  return pid < 0 ? -(i64)*__errno_location() : pid;
}
enum { HAS_THREAD = 0 };

static double ticks(void) {
  return 0;
}
#else
enum { HAS_THREAD = 1 };
#if defined(__x86_64__)
static i64 call(i64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  i64 result;
  register u64 r10 __asm__("r10") = d;
  register u64 r8 __asm__("r8") = e;
  register u64 r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

// The child begins on its own empty stack, so it may not come back into this function.
static i64 enter(struct launch *l, int (*entry)(void *), i64 number, u64 a, u64 b, u64 c, u64 d, u64 e) {
  i64 result;
  register u64 r10 __asm__("r10") = d;
  register u64 r8 __asm__("r8") = e;
  __asm__ volatile("syscall\n\ttestq %%rax, %%rax\n\tjnz 1f\n\tmovq %[launch], %%rdi\n\tcall *%[entry]\n\thlt\n1:"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), [launch] "r"(l), [entry] "r"(entry)
                   : "rcx", "r11", "memory");
  return result;
}
// No clock of the kernel's: behind a job's filter no call may be made that the plan does not have.
static double ticks(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (double)(i64)((u64)high << 32 | low);
}
#elif defined(__aarch64__)
static i64 call(i64 number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register i64 x8 __asm__("x8") = number;
  register i64 x0 __asm__("x0") = (i64)a;
  register u64 x1 __asm__("x1") = b;
  register u64 x2 __asm__("x2") = c;
  register u64 x3 __asm__("x3") = d;
  register u64 x4 __asm__("x4") = e;
  register u64 x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}

// The child begins on its own empty stack, so it may not come back into this function.
static i64 enter(struct launch *l, int (*entry)(void *), i64 number, u64 a, u64 b, u64 c, u64 d, u64 e) {
  register i64 x8 __asm__("x8") = number;
  register i64 x0 __asm__("x0") = (i64)a;
  register u64 x1 __asm__("x1") = b;
  register u64 x2 __asm__("x2") = c;
  register u64 x3 __asm__("x3") = d;
  register u64 x4 __asm__("x4") = e;
  __asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x0, %[launch]\n\tblr %[entry]\n\tbrk #0\n1:"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [launch] "r"(l), [entry] "r"(entry)
                   : "memory");
  return x0;
}

// No clock of the kernel's: behind a job's filter no call may be made that the plan does not have.
static double ticks(void) {
  i64 count;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
  return (double)count;
}
#endif

// x86-64 takes (…, child_tid, tls), arm64 (…, tls, child_tid); tls is not read without CLONE_SETTLS.
static i64 start(struct launch *l, int (*entry)(void *), char *stack, i64 flags, volatile int *busy) {
  return enter(l, entry, l->nr_clone, (u64)flags, (u64)stack, (u64)&l->pidfd, (u64)busy, (u64)busy);
}
#endif

static void mark(struct launch *l, int which) {
  l->marks[which] = ticks();
}

static void fail(struct launch *l, i64 index, i64 error) {
  struct record record = {RECORD_STEP, (int)index, (int)error, 0};
  call(l->nr_write, (u64)l->status_fd, (u64)&record, sizeof record, 0, 0, 0);
  call(l->nr_exit_group, 127, 0, 0, 0, 0, 0);
}

static void walk(struct launch *l, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) {
    struct step *s = &l->steps[i];
    u64 a[6];
    l->at = i;
    for (int k = 0; k < 6; k++) {
      u64 slot = s->refs >> (8 * k) & 255;
      a[k] = slot ? (u64)l->slots[slot - 1] : s->args[k];
    }
    for (i64 n = 0; n < s->repeat; n++) {
      i64 result = call(s->number, a[0], a[1], a[2], a[3], a[4], a[5]);
      if (result < 0 && s->allow != ANY_ERRNO && s->allow != -result) fail(l, i, -result);
      if (s->save) l->slots[s->save - 1] = result;
      a[s->counted]++;
    }
  }
}

static int is_single(struct launch *l) {
  return l->outer_end == 0 && l->inner_end == l->count;
}

static int process2(void *argument) {
  struct launch *l = argument;
  if (is_single(l)) mark(l, CLONED);
  walk(l, l->outer_end, l->execute_at);
  mark(l, WALKED);
  walk(l, l->execute_at, l->inner_end);
  fail(l, l->inner_end, 0); // the inner segment of an exec job ends in execve and never comes here
  return 0;
}

// As vfork, into a cgroup: a process that moves itself stops every fork of the machine for a grace period of the kernel, some
// 20 ms. SINCE: Linux 5.7. Negative where that can not be: an older kernel, a filter that forbids clone3, rights that only the
// descriptor's opener has.
static i64 clone_into_cgroup(struct launch *l) {
#if defined(__TINYC__)
  (void)l;
  return -ENOSYS;
#else
  u64 flags = CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID | CLONE_INTO_CGROUP;
  u64 size = STACK_BYTES, base = (u64)l->stack2 - size;
  struct { u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; } arguments = {
      flags, 0, (u64)&l->busy[1], 0, SIGCHLD, base, size, 0, 0, 0, (u64)l->cgroup_fd};
  return enter(l, process2, l->nr_clone3, (u64)&arguments, sizeof arguments, 0, 0, 0);
#endif
}

static i64 vfork_process2(struct launch *l) {
  i64 pid = -1;
  l->busy[1] = 1;
  if (l->cgroup_fd >= 0) {
    // Cloned into the folder, process 2 does not walk the step that would write to it.
    l->steps[l->cgroup_step].repeat = 0;
    pid = clone_into_cgroup(l);
    if (pid < 0) l->steps[l->cgroup_step].repeat = 1;
  }
  if (pid < 0) pid = start(l, process2, l->stack2, CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID | SIGCHLD, &l->busy[1]);
  if (pid < 0) l->busy[1] = 0;
  return pid;
}

// Holds the memory of a warm copy beyond its end, and does nothing else: without it the copy's end is seen only after the
// kernel has taken thousands of pages out of its page tables, which takes longer than most jobs. It has no descriptor,
// and no signal but SIGKILL reaches it. It is confined as the copy is, so it is of no use to a job that takes it over.
__attribute__((noreturn)) static int hold(void *argument) {
  struct launch *l = argument;
  call(l->nr_close_range, 0, ~0U, 0, 0, 0, 0);
  for (;;) call(l->nr_ppoll, 0, 0, 0, 0, 8, 0);
}

// Best effort: a copy that may have no second process ends more slowly. A sibling, so that the job's own waits never see it.
static void make_holder(struct launch *l) {
  u64 all = ~0UL, mask;
  call(l->nr_sigprocmask, SIG_SETMASK, (u64)&all, (u64)&mask, 8, 0, 0);
  start(l, hold, l->stack2, CLONE_VM | CLONE_PARENT | SIGCHLD, 0);
  call(l->nr_sigprocmask, SIG_SETMASK, (u64)&mask, 0, 8, 0, 0);
}

// A plain copy of the caller's memory. Only the copy walks the inner steps and jumps back into the caller's frames.
static i64 copy(struct launch *l, i64 flags) {
  i64 pid = call(l->nr_clone, (u64)(flags | SIGCHLD | (l->tid_address ? CLONE_CHILD_SETTID : 0)), 0, (u64)&l->pidfd, l->tid_address, l->tid_address, 0);
  if (pid == 0) {
    if (is_single(l)) mark(l, CLONED);
    walk(l, l->outer_end, l->inner_end);
    mark(l, WALKED);
    if (l->holds) make_holder(l);
    longjmp(jump, 1);
  }
  return pid;
}

static int process1(void *argument) {
  struct launch *l = argument;
  mark(l, CLONED);
  walk(l, 0, l->outer_end);
  l->at = l->outer_end; // also what a process 2 that was made and is not let run stands at
  i64 pid = l->warm ? copy(l, 0) : vfork_process2(l);
  if (pid < 0) fail(l, l->outer_end, -pid);
  if (!l->warm) mark(l, EXECUTED);
  walk(l, l->inner_end, l->count);
  fail(l, l->count, 0); // the handover ends in execveat of init
  return 0;
}

// The first process: process 1, or the job itself without one. It has begun its program, or is gone, when this returns.
static void make_first(struct launch *l) {
  l->busy[0] = 1;
  i64 pid = start(l, is_single(l) ? process2 : process1, l->stack1, l->flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD, &l->busy[0]);
  if (pid < 0) l->busy[0] = 0;
  else if (is_single(l)) mark(l, EXECUTED);
  l->pid = (int)pid;
}

static int thread(void *argument) {
  struct launch *l = argument;
  make_first(l);
  call(l->nr_exit, 0, 0, 0, 0, 0, 0);
  return 0;
}

// One more wait of a tenth of a second, for the first that uses this memory. 0 when nobody does; -ETIMEDOUT after the whole of it.
static i64 await_one(struct launch *l, i64 nanoseconds) {
  i64 wait[2] = {0, nanoseconds};
  int first = l->busy[2] ? 2 : l->busy[0] ? 0 : 1;
  return call(l->nr_futex, (u64)&l->busy[first], FUTEX_WAIT, 1, (u64)wait, 0, 0);
}

// Returns when the thread is gone and the launch's processes have programs or memory of their own, or are gone. Progress is a
// step: one that takes too long ends process 1, and the kernel the rest with it.
void settle(struct launch *l) {
  i64 seen = -1, quiet = 0;
  while (l->busy[0] || l->busy[1] || l->busy[2]) {
    if (await_one(l, WAIT_NANOSECONDS) != -ETIMEDOUT) continue;
    if (!l->stood && l->at != seen) {
      seen = l->at;
      quiet = 0;
    }
    quiet++;
    if (l->stood && quiet > GRACE) {
      l->abandoned = 1;
      return;
    }
    if (!l->stood && quiet > PATIENCE) {
      l->stood = 1 + l->at;
      call(l->nr_pidfd_send_signal, (u64)l->pidfd, SIGKILL, 0, 0, 0, 0);
      quiet = 0;
    }
  }
}

// Has the first process made, by the thread where there is one. Returns -errno where not even that could be.
static i64 begin(struct launch *l) {
  if (is_single(l) && l->warm) {
    l->pid = (int)copy(l, l->flags | CLONE_PIDFD);
    return 0;
  }
  if (!HAS_THREAD) {
    make_first(l);
    return 0;
  }
  l->busy[2] = 1;
  i64 tid = start(l, thread, l->stack3, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID, &l->busy[2]);
  if (tid < 0) {
    l->busy[2] = 0;
    return tid;
  }
  if (!l->deferred) settle(l);
  while (l->deferred && l->busy[2] && l->pidfd < 0) await_one(l, WAIT_NANOSECONDS / 100);
  return 0;
}

// Returns the id of the new child, -errno, or 0 in a warm job. The id is not known yet, and 1 in its place, where the launch is
// deferred or a child is not let go; its pidfd is.
// ORDER: every signal is blocked around the clone, because a handler of the caller must not run in the child on this memory. It
// waits in here, because a copy is made of this very frame.
long launch(struct launch *l) {
  u64 all = ~0UL;
  l->stood = l->abandoned = l->at = l->busy[0] = l->busy[1] = l->busy[2] = 0;
  l->pid = 1;
  l->pidfd = -1;
  for (int i = 0; i < MARKS; i++) l->marks[i] = 0;
  mark(l, BEGUN);
  if (_setjmp(jump)) {
    mark(l, SETTLED);
    return 0;
  }
  if (l->deferred && !HAS_THREAD) return -ENOSYS;
  call(l->nr_sigprocmask, SIG_SETMASK, (u64)&all, (u64)&l->saved_mask, 8, 0, 0);
  i64 error = begin(l);
  call(l->nr_sigprocmask, SIG_SETMASK, (u64)&l->saved_mask, 0, 8, 0, 0);
  mark(l, SETTLED);
  return error < 0 ? error : l->pid;
}
