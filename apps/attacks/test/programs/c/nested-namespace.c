// Makes namespaces of its own to gain rights in them: every kind, alone and with a user namespace, also by clone.
#include "attack.h"
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

static const struct { const char *name; unsigned long flag; } KINDS[] = {
  {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"pid", CLONE_NEWPID}, {"net", CLONE_NEWNET},
  {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},  {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80},
};

static long cloned(unsigned long flags) {
  long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, 0);
  return child;
}

static void by_user_namespace(void) {
  // Each in a child, so that one does not spoil the next.
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) { told("mount in a namespace of its own", -1); return; }
  told("mount in a namespace of its own", mount("none", "/tmp", "tmpfs", 0, NULL));
}

int main(void) {
  char way[64];
  for (unsigned kind = 0; kind < sizeof KINDS / sizeof *KINDS; kind++) {
    snprintf(way, sizeof way, "unshare %s", KINDS[kind].name);
    fflush(stdout);
    if (fork() == 0) { told(way, unshare(KINDS[kind].flag | (KINDS[kind].flag == CLONE_NEWUSER ? 0 : CLONE_NEWUSER))); _exit(0); }
    wait(NULL);
    // The kernel takes no time namespace by clone.
    if (KINDS[kind].flag == 0x80) continue;
    snprintf(way, sizeof way, "clone %s", KINDS[kind].name);
    told(way, cloned(KINDS[kind].flag | CLONE_NEWUSER));
  }
  fflush(stdout);
  if (fork() == 0) { by_user_namespace(); _exit(0); }
  wait(NULL);
  return 0;
}
