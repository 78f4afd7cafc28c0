// Is traced by a parent of its own that rewrites its calls, and leaves a stopped child behind.
#include "attack.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    // Its parent lets it go on under a tracer: what the filter refuses stays refused.
    told("a namespace while it is traced", syscall(SYS_unshare, 0x10000000));
    _exit(0);
  }
  waitpid(child, NULL, 0);
  // PTRACE_O_SUSPEND_SECCOMP, and a filter that is taken out.
  told("filters suspended by a tracer", ptrace(PTRACE_SETOPTIONS, child, 0, 1 << 21));
  for (int status; ptrace(PTRACE_SYSCALL, child, 0, 0) == 0 && waitpid(child, &status, 0) > 0 && !WIFEXITED(status);) {}
  if (fork() == 0) { ptrace(PTRACE_TRACEME, 0, 0, 0); raise(SIGSTOP); }
  usleep(20000);
  return 0;
}
