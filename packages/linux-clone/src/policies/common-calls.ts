// Calls that the profiles of commands and of functions both allow, whatever their arguments, by what they are for.

/** Files, and what waits for them to be ready. */
export const FILES = `
read write open close stat fstat lstat poll lseek pread64 pwrite64 readv writev access pipe select dup dup2 sendfile
flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink symlink
readlink chmod fchmod chown fchown lchown umask utime mknod statfs fstatfs getdents64 fadvise64 utimes openat mkdirat
mknodat fchownat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll splice
utimensat epoll_pwait fallocate dup3 pipe2 preadv pwritev renameat2 copy_file_range preadv2 pwritev2 statx close_range
openat2 faccessat2 epoll_pwait2 fchmodat2 epoll_create epoll_wait epoll_ctl epoll_create1 eventfd eventfd2 signalfd
signalfd4 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
`;
/** Memory of its own. */
export const MEMORY = `
mmap mprotect munmap brk mremap msync mincore madvise memfd_create pkey_mprotect pkey_alloc pkey_free membarrier rseq
`;
/** Its own processes, signals and threads, and questions about them. */
export const OWN_PROCESS = `
fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill getpid getppid gettid getpgrp getpgid
setpgid getsid setsid getuid geteuid getgid getegid getresuid getresgid getgroups set_tid_address set_robust_list
get_robust_list futex futex_waitv futex_wake futex_wait futex_requeue prctl arch_prctl restart_syscall rt_sigaction
rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend rt_tgsigqueueinfo sigaltstack pause pidfd_open
pidfd_send_signal sched_yield getrlimit getrusage times sysinfo uname getpriority sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min sched_getaffinity getcpu getrandom
`;
/** Clocks and timers. */
export const TIME = `
nanosleep getitimer setitimer alarm gettimeofday time clock_gettime clock_getres clock_nanosleep timer_create
timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime
`;
/** Of sockets that it has; which ones it makes is SOCKETS. */
export const CONNECTIONS = `
connect accept accept4 sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown bind listen getsockname getpeername
setsockopt getsockopt
`;
