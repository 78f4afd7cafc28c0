// The program that processes of a job become before the job's own: process 1 becomes init, and process 2 of a job that waits
// for its command waits as this too (await-command.c). Which of the two: the first letter of argv[0].
// Built by scripts/build-init.ts, kept as data in src/init-data.ts.
// Init reaps every process of the job, reports on descriptor 3 how process 2 ended, ends the rest, and ends itself. It does
// the same when the other end of descriptor 3 closes, so a job never outlives the host. Where there is a descriptor 4 it
// listens to the job's fatal system calls (seccomp_unotify(2)): the caller waits, and so no answer ends it and all the rest.
// Where there is a descriptor 5 a supervisor on the host decides the calls whose numbers are in argv: descriptor 6 hands it
// the listener, before descriptor 5 tells it of each such call as the kernel told it. By descriptor 5 it also orders what the
// caller or its memory can hold up for as long as a job likes, so that init stands still for it and not the host.
// It starts with every signal blocked and not dumpable, and holds nothing but these four.
#include "calls.h"
#include "await-command.c"

enum { STATUS = 3, LISTENER = 4, SUPERVISOR = 5, HANDOVER = 6, RECORD_ENDED = 2, RECORD_FATAL = 3, WNOHANG = 1, SIGKILL = 9, SIGCHLD = 17, PR_SET_DUMPABLE = 4, POLLIN = 1, POLLNVAL = 32, ECHILD = 10, RUSAGE_SELF = 0 };
enum { HOLDER = 3, DONE = 0, ABANDONED = 125 };
struct rusage { long words[18]; };
struct record { int kind, index, error, status; struct rusage job, init; };
enum { NOTIF_RECV = 0xc0502100, NOTIF_SEND = 0xc0182101, NOTIF_ID_VALID = 0x40082102, NOTIF_ADDFD = 0x40182103, NOTIF_BYTES = 80, ADDFD_SETFD = 1, SOL_SOCKET = 1, MSG_WAITALL = 0x100 };
enum { ORDER_READ = 1, ORDER_GIVE = 2, NO_CALL = -1 };
struct notification { unsigned long id; unsigned pid, flags; int number; unsigned arch; unsigned long rest[28]; };
struct order { unsigned long id; unsigned kind, pid; unsigned long address, length; unsigned flags, newfd, newfd_flags, token; };
struct addfd { unsigned long id; unsigned flags, srcfd, newfd, newfd_flags; };
struct response { unsigned long id; long val; int error; unsigned flags; };
struct pollfd { int fd; short events, revents; };
struct sigaction { void *handler; unsigned long flags; void *restorer; unsigned long mask; };

// Ends every other process and waits for each. The kernel would also end them when process 1 ends, but would not add
// what they used to our usage, which is what the host reads by waiting for us.
__attribute__((noreturn)) static void end(int code) {
  call(KILL, -1, SIGKILL, 0, 0, 0);
  while (call(WAIT4, -1, 0, 0, 0, 0) > 0);
  for (;;) call(EXIT_GROUP, code, 0, 0, 0, 0);
}

// 1 when there is somebody to hand it to.
static long hand_over(void) {
  char one = 0;
  struct iovec vector = {&one, 1};
  struct rights rights = {20, SOL_SOCKET, SCM_RIGHTS, LISTENER, 0};
  struct msghdr message = {0, 0, &vector, 1, &rights, sizeof rights, 0};
  return call(SENDMSG, HANDOVER, (long)&message, MSG_NOSIGNAL, 0, 0);
}

// Whether the number is one of these decimal ones.
static int is_one_of(char **numbers, int number) {
  for (; *numbers; numbers++) {
    int each = 0;
    for (const char *digit = *numbers; *digit; digit++) each = 10 * each + *digit - '0';
    if (each == number) return 1;
  }
  return 0;
}

// The kernel wants zeroes where it writes. A caller that was ended meanwhile has nothing more to tell.
static void hear(char **supervised) {
  struct notification heard;
  struct record record;
  for (unsigned i = 0; i < sizeof heard / sizeof(long); i++) ((volatile long *)&heard)[i] = 0;
  if (call(IOCTL, LISTENER, NOTIF_RECV, (long)&heard, 0, 0) < 0) return;
  if (heard.arch == OWN_ARCH && is_one_of(supervised, heard.number)) {
    if (call(WRITE, SUPERVISOR, (long)&heard, NOTIF_BYTES, 0, 0) == NOTIF_BYTES) return;
    end(ABANDONED);
  }
  record.kind = RECORD_FATAL;
  record.index = heard.number;
  record.error = (int)heard.arch;
  record.status = 0;
  call(WRITE, STATUS, (long)&record, 16, 0, 0);
  end(DONE);
}

static void tell(const void *bytes, long length) {
  if (call(WRITE, SUPERVISOR, (long)bytes, length, 0, 0) != length) end(ABANDONED);
}

// A copy of the caller's memory, as much as there is; a negated errno in place of its length where there is none. That the
// caller still waits is looked at after the read: had it ended before, its id could have been another's.
static void copy_memory(struct order *order) {
  struct iovec into = {request_bytes, order->length < REQUEST_BYTES ? order->length : REQUEST_BYTES};
  struct iovec from = {(void *)order->address, into.length};
  long got = call6(PROCESS_VM_READV, order->pid, (long)&into, 1, (long)&from, 1, 0);
  if (call(IOCTL, LISTENER, NOTIF_ID_VALID, (long)&order->id, 0, 0) < 0) got = -ENOENT;
  struct notification copied;
  for (unsigned i = 0; i < sizeof copied / sizeof(long); i++) ((volatile long *)&copied)[i] = 0;
  copied.id = order->token;
  copied.number = NO_CALL;
  copied.rest[0] = (unsigned long)got;
  tell(&copied, NOTIF_BYTES);
  if (got > 0) tell(request_bytes, got);
}

// The caller's own thread takes the descriptor, and this waits for that. Where it gets its number as the result that is all;
// elsewhere, and where it has no room, it is told so.
static void give(struct order *order, int fd) {
  struct addfd addfd = {order->id, order->flags, (unsigned)fd, order->newfd, order->newfd_flags};
  long given = call(IOCTL, LISTENER, NOTIF_ADDFD, (long)&addfd, 0, 0);
  call(CLOSE, fd, 0, 0, 0, 0);
  if (given >= 0 && !(order->flags & ADDFD_SETFD)) return;
  struct response response = {order->id, 0, given < 0 ? (int)given : 0, 0};
  call(IOCTL, LISTENER, NOTIF_SEND, (long)&response, 0, 0);
}

static void obey(void) {
  struct order order;
  struct rights rights = {0, 0, 0, -1, 0};
  struct iovec room = {&order, sizeof order};
  struct msghdr message = {0, 0, &room, 1, &rights, sizeof rights, 0};
  if (call(RECVMSG, SUPERVISOR, (long)&message, MSG_CMSG_CLOEXEC | MSG_WAITALL, 0, 0) != sizeof order) end(ABANDONED);
  if (order.kind == ORDER_GIVE) give(&order, rights.fd);
  if (order.kind == ORDER_READ) copy_memory(&order);
}

__attribute__((noreturn)) static void init(char **supervised) {
  struct record record;
  struct sigaction default_action;
  unsigned char info[128];
  unsigned long mask = 1UL << (SIGCHLD - 1);
  for (unsigned i = 0; i < sizeof default_action / sizeof(long); i++) ((volatile long *)&default_action)[i] = 0;
  call(PRCTL, PR_SET_DUMPABLE, 0, 0, 0, 0);
  call(RT_SIGACTION, SIGCHLD, (long)&default_action, 0, 8, 0); // an ignored SIGCHLD survives exec and would reap behind our back
  struct pollfd polled[4] = {{(int)call(SIGNALFD4, -1, (long)&mask, 8, 0, 0), POLLIN, 0}, {STATUS, 0, 0}, {LISTENER, POLLIN, 0}, {SUPERVISOR, POLLIN, 0}};
  if (polled[0].fd < 0) end(ABANDONED);
  // Without a supervisor there is nobody to ask, and every call that waits here is a fatal one.
  if (hand_over() != 1) supervised[0] = 0, polled[3].fd = -1;
  // Of a warm job this is the process that holds its memory (walk-plan.c): made before any code of the job runs.
  int holder_gone = 0;
  for (;;) {
    int status = 0;
    long pid = call(WAIT4, -1, (long)&status, WNOHANG, (long)&record.job, 0);
    if (pid == 2) {
      record.kind = RECORD_ENDED;
      record.index = holder_gone || call(WAIT4, HOLDER, 0, WNOHANG, 0, 0) != 0;
      record.error = 0;
      record.status = status;
      call(GETRUSAGE, RUSAGE_SELF, (long)&record.init, 0, 0, 0);
      call(WRITE, STATUS, (long)&record, sizeof record, 0, 0);
      end(DONE);
    }
    if (pid == HOLDER) holder_gone = 1;
    if (pid == -ECHILD) end(ABANDONED);
    if (pid > 0) continue;
    call(PPOLL, (long)polled, 4, 0, 0, 0);
    if (polled[1].revents) end(ABANDONED);
    if (polled[2].revents & POLLNVAL) polled[2].fd = -1;
    else if (polled[2].revents) hear(supervised);
    if (polled[3].revents) obey();
    if (polled[0].revents) call(READ, polled[0].fd, (long)info, sizeof info, 0, 0);
  }
}

// The kernel gives argc and argv at the top of the stack.
#if defined(__x86_64__)
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call start");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: mov x0, sp\n bl start");
#endif

__attribute__((noreturn, used)) static void start(long *stack) {
  char **arguments = (char **)(stack + 1);
  if (arguments[0][0] == 'i') init(arguments + 1);
  await_command();
}
