// The floor: what the kernel itself asks for a process in a sandbox, without a runtime, a supervisor or a line of output.
// A server on its standard input: a line "LETTERS PROGRAM" is one clone with those steps, an exec and a wait; the answer is
// the time of it in nanoseconds, or "error STEP: REASON".
//   cc -O2 -o floor floor.c && ./floor fresh|resident FILE [CGROUP FOLDER…]
// FILE: a program that a resident server shows as /program, or -
// resident: the server has moved into an empty network and a root of its own and filters its calls before the first line, so
// that a clone only adds what must be new for each job: the best design that is known (docs/performance.md).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAIN_RULES = 60, ADDED_RULES = 12, MAX_CGROUPS = 4, STACK_BYTES = 65536 };

static int resident;
static int cgroups;
static const char *shown_path = "-";
static int shown_file = -1;
static int serving;
static char *cgroup_parents[MAX_CGROUPS];
static int cgroup_procs[MAX_CGROUPS];
static uid_t uid;
static gid_t gid;
static char stacks[2][STACK_BYTES] __attribute__((aligned(16)));

/* Shared with the clone, which runs on this memory while we wait. */
static const char *letters;
static char *program;
static const char *failed_step;
static int failed_errno;

static void fail(const char *step) {
	failed_step = step;
	failed_errno = errno;
	if (!serving) fprintf(stderr, "%s: %s\n", step, strerror(errno));
	_exit(111);
}

static void must(long result, const char *step) {
	if (result < 0) fail(step);
}

static int has(char letter) { return strchr(letters, letter) != NULL; }

static void write_file(const char *path, const char *text) {
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd, path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

/* One id inside, our own outside: what anybody may map. */
static void map_ids(void) {
	char line[64];
	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof line, "0 %u 1", uid);
	write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof line, "0 %u 1", gid);
	write_file("/proc/self/gid_map", line);
}

/* A bind mount takes the flags of a remount only, see mount(2). */
static void bind_read_only(const char *from, const char *to) {
	must(mount(from, to, NULL, MS_BIND | MS_REC, NULL), to);
	must(mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL), to);
}

static void show_system(const char *name) {
	char from[32], link[256];
	struct stat found;
	snprintf(from, sizeof from, "/%s", name);
	if (lstat(from, &found) != 0) return;
	ssize_t length = readlink(from, link, sizeof link - 1);
	if (length > 0) {
		link[length] = 0;
		must(symlink(link, name), name);
		return;
	}
	must(mkdir(name, 0755), name);
	bind_read_only(from, name);
}

static void show_device(const char *name) {
	char from[32], to[32];
	snprintf(from, sizeof from, "/dev/%s", name);
	snprintf(to, sizeof to, "dev/%s", name);
	int fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	must(fd, to);
	close(fd);
	must(mount(from, to, NULL, MS_BIND, NULL), to);
}

static void mount_proc(const char *at) { must(mount("proc", at, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount proc"); }

static void mount_tmp(const char *at) {
	must(mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=1777"), "mount tmp");
}

/* Its path is below /tmp, which the new root covers by now. */
static void show_program(void) {
	char from[32];
	snprintf(from, sizeof from, "/proc/self/fd/%d", shown_file);
	int fd = open("program", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	must(fd, "program");
	close(fd);
	must(mount(from, "program", NULL, MS_BIND, NULL), "bind program");
	close(shown_file);
}

static void own_root(int with_proc) {
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	must(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755"), "mount root");
	must(chdir("/tmp"), "enter root");
	static const char *const system[] = {"usr", "bin", "sbin", "lib", "lib64"};
	for (unsigned i = 0; i < sizeof system / sizeof *system; i++) show_system(system[i]);
	must(mkdir("dev", 0755), "mkdir dev");
	static const char *const devices[] = {"null", "zero", "full", "random", "urandom"};
	for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++) show_device(devices[i]);
	must(mkdir("proc", 0555), "mkdir proc");
	must(mkdir("tmp", 0755), "mkdir tmp");
	if (shown_file >= 0) show_program();
	if (with_proc) {
		mount_proc("proc");
		mount_tmp("tmp");
	} else {
		/* The id maps of the clones are written through it. */
		must(mount("/proc", "proc", NULL, MS_BIND | MS_REC, NULL), "bind proc");
	}
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "detach old root");
	must(chdir("/"), "chdir");
}

/* As long as a real one, and it hits nothing: what a filter costs is paid when it is installed. */
static void filter_calls(int rules) {
	struct sock_filter code[2 * MAIN_RULES + 2];
	int n = 0;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	for (int i = 0; i < rules; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 600 + i, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = {n, code};
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
}

static void restrict_files(void) {
	struct landlock_ruleset_attr rules = {.handled_access_fs = (1 << 13) - 1};
	int ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
	must(ruleset, "landlock");
	struct landlock_path_beneath_attr whole = {.allowed_access = (1 << 13) - 1};
	whole.parent_fd = open("/", O_PATH | O_CLOEXEC);
	must(whole.parent_fd, "open root for landlock");
	must(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &whole, 0), "landlock rule");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	must(syscall(SYS_landlock_restrict_self, ruleset, 0), "landlock restrict");
	close(whole.parent_fd);
	close(ruleset);
}

static void drop_capabilities(void) {
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	must(syscall(SYS_capset, &header, none), "capset");
}

static int become_program(void *unused) {
	(void)unused;
	if (has('u')) drop_capabilities();
	if (has('l')) restrict_files();
	if (has('s')) filter_calls(resident ? ADDED_RULES : MAIN_RULES);
	char *const argv[] = {program, NULL};
	char *const env[] = {NULL};
	must(execve(program, argv, env), "execve");
	return 0;
}

static int sandbox(void *unused) {
	if (has('g'))
		for (int i = 0; i < cgroups; i++) must(write(cgroup_procs[i], "0", 1), "join cgroup");
	if (has('u')) map_ids();
	if (has('m')) {
		if (!resident) own_root(1);
		else {
			mount_proc("/proc");
			mount_tmp("/tmp");
		}
	}
	if (!has('i')) return become_program(unused);
	/* Process 1 only waits: what is process 1 lies about how it ended. */
	int status;
	pid_t child = clone(become_program, stacks[1] + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	must(child, "clone process 2");
	must(waitpid(child, &status, 0), "wait for process 2");
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 112);
}

static int clone_flags(void) {
	int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
	if (has('u')) flags |= CLONE_NEWUSER;
	if (has('p')) flags |= CLONE_NEWPID;
	if (has('m')) flags |= CLONE_NEWNS;
	if (has('o')) flags |= CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	if (has('n') && !resident) flags |= CLONE_NEWNET;
	return flags;
}

static void make_cgroups(int make) {
	char path[512];
	for (int i = 0; i < cgroups; i++) {
		snprintf(path, sizeof path, "%s/floor-%d", cgroup_parents[i], getpid());
		if (!make) {
			close(cgroup_procs[i]);
			rmdir(path);
			continue;
		}
		mkdir(path, 0755);
		/* Version 1 moves a single thread without the lock that a whole process has to wait for. */
		size_t length = strlen(path);
		strcat(path, "/tasks");
		cgroup_procs[i] = open(path, O_WRONLY | O_CLOEXEC);
		if (cgroup_procs[i] >= 0) continue;
		strcpy(path + length, "/cgroup.procs");
		cgroup_procs[i] = open(path, O_WRONLY | O_CLOEXEC);
	}
}

static long long now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void serve(void) {
	int status = 0;
	failed_step = NULL;
	long long started = now();
	if (has('g')) make_cgroups(1);
	pid_t child;
	if (has('f')) { /* the plain pair of calls, with its copy of the page tables */
		child = fork();
		if (child == 0) become_program(NULL);
	} else {
		child = clone(sandbox, stacks[0] + STACK_BYTES, clone_flags(), NULL);
	}
	int cause = errno;
	if (child > 0) waitpid(child, &status, 0);
	if (has('g')) make_cgroups(0);
	long long took = now() - started;
	if (child < 0) printf("error clone: %s\n", strerror(cause));
	else if (failed_step != NULL) printf("error %s: %s\n", failed_step, strerror(failed_errno));
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) printf("error %s: wait status %d\n", program, status);
	else printf("%lld\n", took);
}

static void settle_in(void) {
	letters = "";
	must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET), "unshare");
	map_ids();
	/* Now: a mount of before belongs to somebody else, and cannot be bound. */
	if (strcmp(shown_path, "-") != 0) must(shown_file = open(shown_path, O_PATH | O_CLOEXEC), shown_path);
	uid = gid = 0;
	own_root(0);
	filter_calls(MAIN_RULES);
}

int main(int argc, char **argv) {
	char line[512], wanted[32], path[448];
	uid = geteuid();
	gid = getegid();
	resident = argc > 1 && strcmp(argv[1], "resident") == 0;
	if (argc > 2) shown_path = argv[2];
	for (int i = 3; i < argc && cgroups < MAX_CGROUPS; i++) cgroup_parents[cgroups++] = argv[i];
	if (resident) settle_in();
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	serving = 1;
	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "%31s %447s", wanted, path) != 2) continue;
		letters = wanted;
		program = path;
		serve();
	}
	return 0;
}
