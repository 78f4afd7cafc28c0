// Puts filters of its own on itself until the kernel takes no more, then the strictest, and one that lets all pass.
#include "attack.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MOST = 9000 };

int main(void) {
  struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
  struct sock_fprog filter = {1, &allow};
  int stacked = 0;
  while (stacked < MOST && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0) stacked++;
  // One that lets all pass takes nothing away of those before.
  told("a namespace after them", syscall(SYS_unshare, 0x10000000));
  fflush(stdout);
  if (fork() == 0) { prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT); getpid(); syscall(SYS_getpid); _exit(0); }
  int status;
  wait(&status);
  errno = EINVAL;
  told("the strict mode beside a filter", WIFSIGNALED(status) ? 0 : -1);
  fprintf(stderr, "%d filters\n", stacked);
  return 0;
}
