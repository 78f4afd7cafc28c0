// Prints sizes, offsets and widths of the structures in src/*/structs.ts, and the open flags that differ by architecture,
// as JSON. The golden files test/layout.*.json are this program's output:
//   cc native/layout.c -o layout && ./layout > test/layout.x86_64.json
//   aarch64-linux-gnu-gcc -static native/layout.c -o layout && qemu-aarch64-static ./layout > test/layout.aarch64.json
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <time.h>

// glibc spells these with macros that hide the real members.
#undef sa_handler
#undef sa_restorer
#undef si_pid
#undef si_uid
#undef si_status

// Newer than the headers that this must compile with: written from the kernel's uapi under names of our own.
struct landlock_ruleset_attr_abi1 { uint64_t handled_access_fs; };
struct landlock_ruleset_attr_abi4 { uint64_t handled_access_fs, handled_access_net; };
struct landlock_ruleset_attr_abi6 { uint64_t handled_access_fs, handled_access_net, scoped; };
struct hutch_landlock_net_port_attr { uint64_t allowed_access, port; };
struct hutch_pidfd_info {
  uint64_t mask, cgroupid;
  uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int32_t exit_code;
};
// asm-generic/signal.h and asm/signal.h; glibc's struct sigaction is another one.
struct hutch_kernel_sigaction { void *sa_handler; unsigned long sa_flags; void *sa_restorer; uint64_t sa_mask; };

static int structs, fields;

static void begin(const char *name, size_t size) {
  printf("%s\n    \"%s\": {\n      \"size\": %zu,\n      \"fields\": {", structs++ ? "," : "", name, size);
  fields = 0;
}
static void field(const char *name, size_t offset, size_t size) {
  printf("%s\n        \"%s\": [%zu, %zu]", fields++ ? "," : "", name, offset, size);
}
static void end(void) { printf("\n      }\n    }"); }

#define BEGIN(name, type) { typedef type T; begin(name, sizeof(T));
#define FIELD(name) field(#name, offsetof(T, name), sizeof(((T *)0)->name));
#define MEMBER(name, member) field(name, offsetof(T, member), sizeof(((T *)0)->member));
#define END end(); }

static int constants;
#define CONSTANT(name) printf("%s\n    \"%s\": %lld", constants++ ? "," : "", #name, (long long)name);

int main(void) {
  printf("{\n  \"structs\": {");
  BEGIN("iovec", struct iovec) FIELD(iov_base) FIELD(iov_len) END
  BEGIN("msghdr", struct msghdr) FIELD(msg_name) FIELD(msg_namelen) FIELD(msg_iov) FIELD(msg_iovlen) FIELD(msg_control) FIELD(msg_controllen) FIELD(msg_flags) END
  BEGIN("cmsghdr", struct cmsghdr) FIELD(cmsg_len) FIELD(cmsg_level) FIELD(cmsg_type) END
  BEGIN("ucred", struct ucred) FIELD(pid) FIELD(uid) FIELD(gid) END
  BEGIN("timeval", struct timeval) FIELD(tv_sec) FIELD(tv_usec) END
  BEGIN("timespec", struct timespec) FIELD(tv_sec) FIELD(tv_nsec) END
  BEGIN("itimerspec", struct itimerspec) FIELD(it_interval.tv_sec) FIELD(it_interval.tv_nsec) FIELD(it_value.tv_sec) FIELD(it_value.tv_nsec) END
  BEGIN("rusage", struct rusage)
    FIELD(ru_utime.tv_sec) FIELD(ru_utime.tv_usec) FIELD(ru_stime.tv_sec) FIELD(ru_stime.tv_usec)
    FIELD(ru_maxrss) FIELD(ru_ixrss) FIELD(ru_idrss) FIELD(ru_isrss) FIELD(ru_minflt) FIELD(ru_majflt) FIELD(ru_nswap)
    FIELD(ru_inblock) FIELD(ru_oublock) FIELD(ru_msgsnd) FIELD(ru_msgrcv) FIELD(ru_nsignals) FIELD(ru_nvcsw) FIELD(ru_nivcsw) END
  BEGIN("rlimit", struct rlimit64) FIELD(rlim_cur) FIELD(rlim_max) END
  BEGIN("siginfo_child", siginfo_t)
    FIELD(si_signo) FIELD(si_errno) FIELD(si_code)
    MEMBER("si_pid", _sifields._sigchld.si_pid) MEMBER("si_uid", _sifields._sigchld.si_uid) MEMBER("si_status", _sifields._sigchld.si_status) END
  BEGIN("pollfd", struct pollfd) FIELD(fd) FIELD(events) FIELD(revents) END
  BEGIN("sockaddr_un", struct sockaddr_un) FIELD(sun_family) FIELD(sun_path) END
  BEGIN("clone_args", struct clone_args)
    FIELD(flags) FIELD(pidfd) FIELD(child_tid) FIELD(parent_tid) FIELD(exit_signal) FIELD(stack) FIELD(stack_size) FIELD(tls) FIELD(set_tid) FIELD(set_tid_size) FIELD(cgroup) END
  BEGIN("sock_filter", struct sock_filter) FIELD(code) FIELD(jt) FIELD(jf) FIELD(k) END
  BEGIN("sock_fprog", struct sock_fprog) FIELD(len) FIELD(filter) END
  BEGIN("landlock_ruleset_attr_abi1", struct landlock_ruleset_attr_abi1) FIELD(handled_access_fs) END
  BEGIN("landlock_ruleset_attr_abi4", struct landlock_ruleset_attr_abi4) FIELD(handled_access_fs) FIELD(handled_access_net) END
  BEGIN("landlock_ruleset_attr_abi6", struct landlock_ruleset_attr_abi6) FIELD(handled_access_fs) FIELD(handled_access_net) FIELD(scoped) END
  BEGIN("landlock_path_beneath_attr", struct landlock_path_beneath_attr) FIELD(allowed_access) FIELD(parent_fd) END
  BEGIN("landlock_net_port_attr", struct hutch_landlock_net_port_attr) FIELD(allowed_access) FIELD(port) END
  BEGIN("epoll_event", struct epoll_event) FIELD(events) FIELD(data) END
  BEGIN("ifreq", struct ifreq) FIELD(ifr_name) FIELD(ifr_flags) END
  BEGIN("open_how", struct open_how) FIELD(flags) FIELD(mode) FIELD(resolve) END
  BEGIN("mount_attr", struct mount_attr) FIELD(attr_set) FIELD(attr_clr) FIELD(propagation) FIELD(userns_fd) END
  BEGIN("pidfd_info", struct hutch_pidfd_info)
    FIELD(mask) FIELD(cgroupid) FIELD(pid) FIELD(tgid) FIELD(ppid) FIELD(ruid) FIELD(rgid) FIELD(euid) FIELD(egid) FIELD(suid) FIELD(sgid) FIELD(fsuid) FIELD(fsgid) FIELD(exit_code) END
  BEGIN("seccomp_data", struct seccomp_data)
    FIELD(nr) FIELD(arch) FIELD(instruction_pointer) FIELD(args[0]) FIELD(args[1]) FIELD(args[2]) FIELD(args[3]) FIELD(args[4]) FIELD(args[5]) END
  BEGIN("seccomp_notif", struct seccomp_notif)
    FIELD(id) FIELD(pid) FIELD(flags) FIELD(data.nr) FIELD(data.arch) FIELD(data.instruction_pointer)
    FIELD(data.args[0]) FIELD(data.args[1]) FIELD(data.args[2]) FIELD(data.args[3]) FIELD(data.args[4]) FIELD(data.args[5]) END
  BEGIN("seccomp_notif_resp", struct seccomp_notif_resp) FIELD(id) FIELD(val) FIELD(error) FIELD(flags) END
  BEGIN("seccomp_notif_addfd", struct seccomp_notif_addfd) FIELD(id) FIELD(flags) FIELD(srcfd) FIELD(newfd) FIELD(newfd_flags) END
  BEGIN("__user_cap_header_struct", struct __user_cap_header_struct) FIELD(version) FIELD(pid) END
  BEGIN("__user_cap_data_struct", struct __user_cap_data_struct) FIELD(effective) FIELD(permitted) FIELD(inheritable) END
  BEGIN("statfs", struct statfs)
    FIELD(f_type) FIELD(f_bsize) FIELD(f_blocks) FIELD(f_bfree) FIELD(f_bavail) FIELD(f_files) FIELD(f_ffree) FIELD(f_namelen) FIELD(f_flags) END
  BEGIN("kernel_sigaction", struct hutch_kernel_sigaction) FIELD(sa_handler) FIELD(sa_flags) FIELD(sa_restorer) FIELD(sa_mask) END
  printf("\n  },\n  \"open_flags\": {");
  CONSTANT(O_RDONLY) CONSTANT(O_WRONLY) CONSTANT(O_RDWR) CONSTANT(O_ACCMODE) CONSTANT(O_CREAT) CONSTANT(O_EXCL) CONSTANT(O_NOCTTY)
  CONSTANT(O_TRUNC) CONSTANT(O_APPEND) CONSTANT(O_NONBLOCK) CONSTANT(O_DSYNC) CONSTANT(O_NOATIME) CONSTANT(O_CLOEXEC) CONSTANT(O_SYNC)
  CONSTANT(O_PATH) CONSTANT(O_DIRECT) CONSTANT(O_DIRECTORY) CONSTANT(O_NOFOLLOW) CONSTANT(O_TMPFILE)
  printf("\n  }\n}\n");
  return 0;
}
