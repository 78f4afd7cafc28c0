// Takes ids and rights that it was not given.
#include "attack.h"
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

int main(void) {
  told("user 0", setuid(0));
  told("user 0, effective", setresuid(-1, 0, -1));
  told("group 0", setgid(0));
  gid_t groups[] = {0};
  told("more groups", setgroups(1, groups));
  setfsuid(0);
  errno = EPERM;
  told("files as user 0", setfsuid(-1) == 0 ? 0 : -1);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct all[2] = {{0xffffffff, 0xffffffff, 0}, {0x1ff, 0x1ff, 0}};
  told("every capability", syscall(SYS_capset, &header, all));
  told("ambient capabilities", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0));
  told("no locked bits", prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
  told("new privileges again", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  told("capabilities kept over a change of user", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
  return 0;
}
