// Says whether executing it gave more rights than its caller has. The argument is the way that it is told as.
#include "attack.h"
#include <linux/capability.h>

int main(int count, char **arguments) {
  const char *way = count > 1 ? arguments[1] : "rights";
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct rights[2] = {{0}};
  syscall(SYS_capget, &header, rights);
  if (geteuid() != getuid() || getegid() != getgid() || rights[0].effective != 0 || rights[0].permitted != 0)
    printf("%s: reached user %d, group %d, capabilities %x\n", way, geteuid(), getegid(), rights[0].effective);
  else printf("%s: held\n", way);
  return 0;
}
