// The native plan walker: the only code that runs between clone and a job's first instruction (read with walk-plan.ts).
// It decides nothing. Policy is a list of syscalls; this walks three segments of it:
//   outer    process 1, before process 2 exists (namespaces are new, memory is still the caller's)
//   inner    process 2; the last step is execve, or JavaScript goes on in a copy of the caller (warm)
//   handover process 1, after process 2 exists; the last step becomes our init
// A plan without outer and handover has no process 1: the clone is the job (plain fork).
// RULE: no allocation, no libc but syscall(), clone(), setjmp and longjmp. With CLONE_VM this memory is the caller's own.
typedef unsigned long u64;
typedef long i64;
#define CLONE_INTO_CGROUP 0x200000000UL
long syscall(long, ...);
int clone(int (*entry)(void *), void *stack, int flags, void *argument, ...);
int *__errno_location(void);
int _setjmp(void *);
void longjmp(void *, int);

enum { CLONE_VM = 0x100, CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000, CLONE_PIDFD = 0x1000, CLONE_CHILD_SETTID = 0x01000000, SIGCHLD = 17, SIG_SETMASK = 2 };
enum { RECORD_STEP = 1 };
enum { SLOTS = 12, ANY_ERRNO = -1 };

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
  int pid, pidfd;                  // result
  u64 saved_mask;
  i64 slots[SLOTS];
  i64 cgroup_fd, cgroup_step;      // folder to clone process 2 into, -1 for none; the step that this stands for
  i64 nr_clone3;
};

// What a failed step looks like on the status socket; the layout of init.c's record, without the usage.
struct record { int kind, index, error, reserved; };

static i64 jump[64];
static char stack1[65536] __attribute__((aligned(16)));
static char stack2[65536] __attribute__((aligned(16)));

static void fail(struct launch *l, i64 index, i64 error) {
  struct record record = {RECORD_STEP, (int)index, (int)error, 0};
  syscall(l->nr_write, l->status_fd, &record, sizeof record);
  syscall(l->nr_exit_group, 127L);
}

static void walk(struct launch *l, i64 from, i64 to) {
  for (i64 i = from; i < to; i++) {
    struct step *s = &l->steps[i];
    u64 a[6];
    for (int k = 0; k < 6; k++) {
      u64 slot = s->refs >> (8 * k) & 255;
      a[k] = slot ? (u64)l->slots[slot - 1] : s->args[k];
    }
    for (i64 n = 0; n < s->repeat; n++) {
      i64 result = syscall(s->number, a[0], a[1], a[2], a[3], a[4], a[5]);
      if (result < 0) {
        int error = *__errno_location();
        if (s->allow != ANY_ERRNO && s->allow != error) fail(l, i, error);
      }
      if (s->save) l->slots[s->save - 1] = result;
      a[s->counted]++;
    }
  }
}

static int process2(void *argument) {
  struct launch *l = argument;
  walk(l, l->outer_end, l->inner_end);
  fail(l, l->inner_end, 0); // the inner segment of an exec job ends in execve and never comes here
  return 0;
}

// As vfork, into a cgroup: a process that moves itself stops every fork of the machine for a grace period of the kernel, some
// 20 ms. SINCE: Linux 5.7. -1 where that can not be: an older kernel, a filter that forbids clone3, rights that only the
// descriptor's opener has.
static i64 clone_into_cgroup(struct launch *l) {
#if defined(__TINYC__)
  (void)l;
  return -1;
#else
  struct { u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; } arguments = {
      CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP, 0, 0, 0, SIGCHLD, (u64)stack2, sizeof stack2, 0, 0, 0, (u64)l->cgroup_fd};
  i64 result;
  // The child begins on its own empty stack, so it may not come back into this function.
#if defined(__x86_64__)
  __asm__ volatile("syscall\n\ttestq %%rax, %%rax\n\tjnz 1f\n\txorl %%ebp, %%ebp\n\tmovq %[launch], %%rdi\n\tcall *%[entry]\n\thlt\n1:"
                   : "=a"(result)
                   : "a"(l->nr_clone3), "D"(&arguments), "S"(sizeof arguments), [launch] "r"(l), [entry] "r"(process2)
                   : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register i64 x8 __asm__("x8") = l->nr_clone3;
  register i64 x0 __asm__("x0") = (i64)&arguments;
  register i64 x1 __asm__("x1") = sizeof arguments;
  __asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x29, #0\n\tmov x0, %[launch]\n\tblr %[entry]\n\tbrk #0\n1:"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), [launch] "r"(l), [entry] "r"(process2)
                   : "memory");
  result = x0;
#endif
  return result < 0 ? -1 : result;
#endif
}

static i64 vfork_process2(struct launch *l) {
  if (l->cgroup_fd >= 0) {
    // Cloned into the folder, process 2 does not walk the step that would write to it.
    l->steps[l->cgroup_step].repeat = 0;
    i64 pid = clone_into_cgroup(l);
    if (pid >= 0) return pid;
    l->steps[l->cgroup_step].repeat = 1;
  }
  return clone(process2, stack2 + sizeof stack2, CLONE_VM | CLONE_VFORK | SIGCHLD, l);
}

// Holds the memory of a warm copy beyond its end, and does nothing else: without it the copy's end is seen only after the
// kernel has taken thousands of pages out of its page tables, which takes longer than most jobs. It has no descriptor,
// and no signal but SIGKILL reaches it. It is confined as the copy is, so it is of no use to a job that takes it over.
__attribute__((noreturn)) static int hold(void *argument) {
  struct launch *l = argument;
  syscall(l->nr_close_range, 0L, ~0U, 0L);
  for (;;) syscall(l->nr_ppoll, 0L, 0L, 0L, 0L, 8L);
}

// Best effort: a copy that may have no second process ends more slowly. A sibling, so that the job's own waits never see it.
static void make_holder(struct launch *l) {
  u64 all = ~0UL, mask;
  syscall(l->nr_sigprocmask, (long)SIG_SETMASK, &all, &mask, 8L);
  clone(hold, stack2 + sizeof stack2, CLONE_VM | CLONE_PARENT | SIGCHLD, l);
  syscall(l->nr_sigprocmask, (long)SIG_SETMASK, &mask, 0L, 8L);
}

// A plain copy of the caller's memory. Only the copy walks the inner steps and jumps back into the caller's frames.
static i64 copy(struct launch *l, i64 flags) {
  // x86-64 takes (…, child_tid, tls), arm64 (…, tls, child_tid); tls is not read without CLONE_SETTLS.
  i64 pid = syscall(l->nr_clone, flags | SIGCHLD | (l->tid_address ? CLONE_CHILD_SETTID : 0), 0L, &l->pidfd, l->tid_address, l->tid_address);
  if (pid == 0) {
    walk(l, l->outer_end, l->inner_end);
    if (l->holds) make_holder(l);
    longjmp(jump, 1);
  }
  return pid;
}

static int process1(void *argument) {
  struct launch *l = argument;
  walk(l, 0, l->outer_end);
  i64 pid = l->warm ? copy(l, 0) : vfork_process2(l);
  if (pid < 0) fail(l, l->outer_end, *__errno_location());
  walk(l, l->inner_end, l->count);
  fail(l, l->count, 0); // the handover ends in execveat of init
  return 0;
}

// Returns the id of the new child (process 1, or the job itself without one), -errno, or 0 in a warm job.
// ORDER: every signal is blocked around the clone, because a handler of the caller must not run in the child on this memory.
long launch(struct launch *l) {
  u64 all = ~0UL;
  if (_setjmp(jump)) return 0;
  syscall(l->nr_sigprocmask, (long)SIG_SETMASK, &all, &l->saved_mask, 8L);
  i64 pid;
  if (l->outer_end == 0 && l->inner_end == l->count)
    pid = l->warm ? copy(l, l->flags | CLONE_PIDFD)
                  : clone(process2, stack2 + sizeof stack2, (int)l->flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, l, &l->pidfd);
  else
    pid = clone(process1, stack1 + sizeof stack1, (int)l->flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, l, &l->pidfd);
  i64 error = *__errno_location();
  syscall(l->nr_sigprocmask, (long)SIG_SETMASK, &l->saved_mask, 0L, 8L);
  l->pid = (int)pid;
  return pid < 0 ? -error : pid;
}
