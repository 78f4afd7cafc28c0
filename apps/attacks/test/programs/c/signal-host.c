// Sends signals to a process of the host, and takes hold of it in every other way that a number is enough for.
#include "attack.h"
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>

int main(void) {
  pid_t host = atoi(target("TARGET_PID"));
  told("signal", kill(host, 0));
  told("signal to a thread", syscall(SYS_tgkill, host, host, 0));
  siginfo_t forged = {.si_code = SI_QUEUE};
  forged.si_pid = 1;
  told("queued signal", syscall(SYS_rt_sigqueueinfo, host, 0, &forged));
  int handle = syscall(SYS_pidfd_open, host, 0);
  told("handle", handle);
  if (handle >= 0) told("descriptor", syscall(SYS_pidfd_getfd, handle, 0, 0));
  int ends[2];
  if (pipe(ends) == 0) told("owner of events", fcntl(ends[0], F_SETOWN, host));
  errno = 0;
  int priority = getpriority(PRIO_PROCESS, host);
  told("priority", errno != 0 ? -1 : setpriority(PRIO_PROCESS, host, priority));
  struct rlimit limit;
  told("limits", prlimit(host, RLIMIT_NOFILE, NULL, &limit));
  cpu_set_t processors;
  told("processors", sched_getaffinity(host, sizeof processors, &processors));
  told("session", getsid(host));
  struct iovec here = {&limit, 8}, there = {(void *)0x400000, 8};
  told("memory", process_vm_readv(host, &here, 1, &there, 1, 0));
  told("trace", ptrace(PTRACE_SEIZE, host, 0, 0));
  clockid_t clock;
  errno = ESRCH;
  told("clock", clock_getcpuclockid(host, &clock) == 0 ? 0 : -1);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", host);
  told("file of its memory", open(path, O_RDONLY));
  return 0;
}
