// Process 2 of a standby for a command: fully confined, it waits on descriptor 3 for the one command that it becomes.
// A packet of memory, not a runtime: it has nothing of the worker's and costs a few pages. The command never passes through
// the worker. Nothing of the job runs before its execve, so what is said on descriptor 3 is ours.
//   request   struct request, then the texts that it counts: paths to try, argv, environment, each with its final NUL;
//             beside its first byte there may be a descriptor, which becomes stdin
//   answer    none when a path could be executed: descriptor 3 closes then; else struct refusal
enum { COMMAND = 3, FD_CLOEXEC = 1, F_SETFD = 2, ENOENT = 2, E2BIG = 7, MSG_NOSIGNAL = 0x4000, MSG_CMSG_CLOEXEC = 0x40000000 };
enum { UNASKED = 0, NOT_EXECUTED = 127, REQUEST_BYTES = 65536, MOST_TEXTS = 4096, SCM_RIGHTS = 1 };

struct request { unsigned bytes, paths, arguments, variables; };
struct refusal { int path, error; };
struct iovec { void *base; unsigned long length; };
struct msghdr { void *name; unsigned name_length; struct iovec *vector; unsigned long count; void *control; unsigned long control_length; int flags; };
struct rights { unsigned long length; int level, type, fd, padding; };

static unsigned char request_bytes[REQUEST_BYTES];
static char *texts[MOST_TEXTS];

// The NUL-terminated texts from `at` on, as a list with a null at its end. Returns where the next list of texts begins.
static char *list(char **into, char *at, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    into[i] = at;
    while (*at++);
  }
  into[count] = 0;
  return at;
}

__attribute__((noreturn)) static void refuse(int path, int error) {
  struct refusal refusal = {path, error};
  call(SENDTO, COMMAND, (long)&refusal, sizeof refusal, MSG_NOSIGNAL, 0);
  for (;;) call(EXIT_GROUP, NOT_EXECUTED, 0, 0, 0, 0);
}

__attribute__((noreturn)) static void await_command(void) {
  struct request *request = (struct request *)request_bytes;
  unsigned long have = 0;
  do {
    struct rights rights = {0, 0, 0, -1, 0};
    struct iovec room = {request_bytes + have, REQUEST_BYTES - have};
    struct msghdr message = {0, 0, &room, 1, &rights, sizeof rights, 0};
    long got = call(RECVMSG, COMMAND, (long)&message, MSG_CMSG_CLOEXEC, 0, 0);
    if (got <= 0) for (;;) call(EXIT_GROUP, UNASKED, 0, 0, 0, 0);
    if (message.control_length >= 20 && rights.type == SCM_RIGHTS) call(DUP3, rights.fd, 0, 0, 0, 0);
    have += (unsigned long)got;
  } while (have < sizeof *request || have < request->bytes);
  if (request->paths + request->arguments + request->variables + 3 > MOST_TEXTS) refuse(0, E2BIG);
  char **paths = texts, **arguments = paths + request->paths + 1, **variables = arguments + request->arguments + 1;
  char *at = list(paths, (char *)(request + 1), request->paths);
  at = list(arguments, at, request->arguments);
  list(variables, at, request->variables);
  call(FCNTL, COMMAND, F_SETFD, FD_CLOEXEC, 0, 0);
  int path = 0, error = ENOENT;
  for (; path < (int)request->paths; path++) {
    error = -(int)call(EXECVE, (long)paths[path], (long)arguments, (long)variables, 0, 0);
    if (error != ENOENT) refuse(path, error);
  }
  refuse(path - 1, error);
}
