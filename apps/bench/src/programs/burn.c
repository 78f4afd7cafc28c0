// A known amount of CPU time in a shape of one's choice.
//   cc -O2 -pthread -static -o burn burn.c && ./burn SHAPE MILLISECONDS
// What is burnt is measured by each thread's own clock, which the kernel keeps in nanoseconds.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PARTS = 4, BURSTS = 20, PAUSE_NS = 5000000, LARGE_BYTES = 128 << 20 };

static long long thread_ns(void) {
	struct timespec time;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void burn(double ms) {
	long long end = thread_ns() + (long long)(ms * 1e6);
	while (thread_ns() < end)
		;
}

static void *burn_in_thread(void *ms) {
	burn(*(double *)ms);
	return NULL;
}

static void threads(double ms) {
	pthread_t started[PARTS];
	double part = ms / PARTS;
	for (int i = 0; i < PARTS; i++) pthread_create(&started[i], NULL, burn_in_thread, &part);
	for (int i = 0; i < PARTS; i++) pthread_join(started[i], NULL);
}

/* All have ended when this returns; they are reaped only where asked. */
static void children(double ms, int reap) {
	pid_t started[PARTS];
	siginfo_t ended;
	for (int i = 0; i < PARTS; i++) {
		started[i] = fork();
		if (started[i] != 0) continue;
		burn(ms / PARTS);
		_exit(0);
	}
	for (int i = 0; i < PARTS; i++) waitid(P_PID, started[i], &ended, WEXITED | (reap ? 0 : WNOWAIT));
}

/* Its parent is gone at once, so nobody of the job ever waits for it. */
static void orphan(double ms) {
	int done[2];
	char byte;
	if (pipe(done) != 0) _exit(2);
	if (fork() == 0) {
		if (fork() == 0) {
			burn(ms);
			_exit(0);
		}
		_exit(0);
	}
	close(done[1]);
	wait(NULL);
	/* Readable with no byte when the last holder of the other end is gone. */
	if (read(done[0], &byte, 1) != 0) _exit(3);
}

static void bursts(double ms) {
	struct timespec pause = {0, PAUSE_NS};
	for (int i = 0; i < BURSTS; i++) {
		burn(ms / BURSTS);
		nanosleep(&pause, NULL);
	}
}

/* Most of the work is left to the kernel, which takes the memory back after the program's last instruction. */
static void large(double ms) {
	char *memory = mmap(NULL, LARGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) _exit(4);
	for (size_t at = 0; at < LARGE_BYTES; at += 4096) memory[at] = 1;
	burn(ms);
}

int main(int argc, char **argv) {
	if (argc != 3) return 1;
	double ms = atof(argv[2]);
	if (strcmp(argv[1], "one") == 0) burn(ms);
	else if (strcmp(argv[1], "threads") == 0) threads(ms);
	else if (strcmp(argv[1], "reaped") == 0) children(ms, 1);
	else if (strcmp(argv[1], "unreaped") == 0) children(ms, 0);
	else if (strcmp(argv[1], "orphan") == 0) orphan(ms);
	else if (strcmp(argv[1], "bursts") == 0) bursts(ms);
	else if (strcmp(argv[1], "large") == 0) large(ms);
	else return 1;
	return 0;
}
