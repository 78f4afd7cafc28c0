// A job that plays tricks while the host decides its calls. The first argument says which one.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static long make_folder(const char *path) { return syscall(SYS_mkdirat, AT_FDCWD, path, 0700); }
static char next_byte(void) { char byte = 0; return read(0, &byte, 1) == 1 ? byte : 0; }

// Another process, by memory that both have, changes the name for ever.
static void race(void) {
  char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  /* The name itself is one aligned word, so that it is always the one or the other. */
  char *path = strcpy(page + 3, "/tmp/good");
  volatile unsigned *name = (volatile unsigned *)(page + 8);
  unsigned names[2];
  memcpy(&names[0], "good", 4);
  memcpy(&names[1], "evil", 4);
  pid_t child = fork();
  if (child == 0) for (unsigned i = 0;; i++) *name = names[i & 1];
  int good = 0;
  struct stat found;
  /* On a busy machine the two processes may take turns for long. */
  for (int i = 0; i < 3000 || good == 0; i++) {
    if (make_folder(path) == 0) good++;
    rmdir("/tmp/good");
    if (stat("/tmp/evil", &found) == 0) break;
  }
  kill(child, SIGKILL);
  printf("%s", stat("/tmp/evil", &found) == 0 ? "evil" : "only good");
}

static volatile int caught;
static void on_signal(int number) { (void)number; caught++; }

// A signal each millisecond, as runtimes send them to their own threads.
static void signals(int flags) {
  struct sigaction action = {0};
  struct itimerval often = {{0, 1000}, {0, 1000}};
  action.sa_handler = on_signal;
  action.sa_flags = flags;
  sigaction(SIGALRM, &action, 0);
  setitimer(ITIMER_REAL, &often, 0);
  long result, error;
  /* A call that the host has not seen yet is interrupted, whatever the filter's flags are. */
  do { result = make_folder("/tmp/x"); error = errno; } while (result < 0 && error == EINTR);
  memset(&often, 0, sizeof often);
  setitimer(ITIMER_REAL, &often, 0);
  printf("%ld %ld %s", result, result < 0 ? error : 0, caught > 0 ? "caught" : "nothing");
}

static void *call(void *unused) {
  make_folder("/tmp/x");
  return unused;
}

static void *wait_then_exec(void *unused) {
  (void)unused;
  pthread_t other;
  pthread_create(&other, 0, call, 0);
  next_byte();
  execl("/bin/echo", "echo", "-n", "another program", (char *)0);
  return 0;
}

// Puts another file at the number while the host decides, as often as it can.
static void *swap(void *unused) {
  int null = open("/dev/null", O_RDWR);
  for (;;) { dup2(null, 20); next_byte(); }
  return unused;
}

int main(int argc, char **argv) {
  const char *trick = argv[1];
  (void)argc;
  if (!strcmp(trick, "race")) race();
  if (!strcmp(trick, "signals")) signals(0);
  if (!strcmp(trick, "signals-restart")) signals(SA_RESTART);
  if (!strcmp(trick, "exec")) wait_then_exec(0);
  if (!strcmp(trick, "killed")) {
    pid_t child = fork();
    if (child == 0) { make_folder("/tmp/x"); _exit(7); }
    next_byte();
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    printf("%d", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
  }
  if (!strcmp(trick, "full")) {
    while (open("/dev/null", O_RDONLY) >= 0);
    long given = make_folder("/tmp/x");
    int error = given < 0 ? errno : 0;
    close(10);
    printf("%d %d", error, make_folder("/tmp/x") == 10);
  }
  if (!strcmp(trick, "swap")) {
    pthread_t other;
    char said[16] = {0};
    dup2(1, 20);
    pthread_create(&other, 0, swap, 0);
    long result = make_folder("/tmp/x");
    printf("%ld %s", result, read(20, said, 15) > 0 ? said : "nothing");
  }
  if (!strcmp(trick, "starved")) {
    struct sched_param none = {0};
    for (int i = 0; i < 60; i++) if (fork() == 0) for (;;) ;
    sched_setscheduler(0, SCHED_IDLE, &none);
    for (;;) close(make_folder("/tmp/x"));
  }
  if (!strcmp(trick, "many")) {
    pthread_t threads[100];
    for (int i = 0; i < 100; i++) if (pthread_create(&threads[i], 0, call, 0) != 0) return 1;
    for (int i = 0; i < 100; i++) pthread_join(threads[i], 0);
    printf("all");
  }
  fflush(stdout);
  return 0;
}
