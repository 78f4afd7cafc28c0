// Looks for the session and the terminal of whoever started it.
#include "attack.h"

int main(void) {
  pid_t session = getsid(0);
  errno = ESRCH;
  told("a session that is not its own", session != getpid() && session != getppid() && session != 2 ? 0 : -1);
  told("a terminal", open("/dev/tty", O_RDWR));
  return 0;
}
