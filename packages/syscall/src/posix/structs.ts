// Layouts of structures that POSIX names. Values are those of Linux on x86-64 and arm64, which agree on all of them.
// Each is checked by test/structs.test.ts against golden files printed by native/layout.c.

/** One buffer of readv(2), sendmsg(2), recvmsg(2). */
export const IOVEC_LAYOUT = {
  name: "iovec",
  size: 16,
  fields: [
    ["iov_base", "u64", 0],
    ["iov_len", "ulong", 8],
  ],
} as const;

/** What sendmsg(2) and recvmsg(2) read and write. */
export const MSGHDR_LAYOUT = {
  name: "msghdr",
  size: 56,
  fields: [
    ["msg_name", "u64", 0],
    ["msg_namelen", "u32", 8],
    ["msg_iov", "u64", 16],
    ["msg_iovlen", "ulong", 24],
    ["msg_control", "u64", 32],
    ["msg_controllen", "ulong", 40],
    ["msg_flags", "i32", 48],
  ],
} as const;

/** The head of one control message; data follows (cmsg(3)). */
export const CMSGHDR_LAYOUT = {
  name: "cmsghdr",
  size: 16,
  fields: [
    ["cmsg_len", "ulong", 0],
    ["cmsg_level", "i32", 8],
    ["cmsg_type", "i32", 12],
  ],
} as const;

/** Who is at the other end of a socket (SO_PEERCRED, SCM_CREDENTIALS). */
export const UCRED_LAYOUT = {
  name: "ucred",
  size: 12,
  fields: [
    ["pid", "i32", 0],
    ["uid", "u32", 4],
    ["gid", "u32", 8],
  ],
} as const;

/** Seconds and microseconds. */
export const TIMEVAL_LAYOUT = {
  name: "timeval",
  size: 16,
  fields: [
    ["tv_sec", "long", 0],
    ["tv_usec", "long", 8],
  ],
} as const;

/** Seconds and nanoseconds. */
export const TIMESPEC_LAYOUT = {
  name: "timespec",
  size: 16,
  fields: [
    ["tv_sec", "long", 0],
    ["tv_nsec", "long", 8],
  ],
} as const;

/** A timer's period and first expiry (timerfd_settime(2), timer_settime(2)). */
export const ITIMERSPEC_LAYOUT = {
  name: "itimerspec",
  size: 32,
  fields: [
    ["it_interval.tv_sec", "long", 0],
    ["it_interval.tv_nsec", "long", 8],
    ["it_value.tv_sec", "long", 16],
    ["it_value.tv_nsec", "long", 24],
  ],
} as const;

/** What a process used (getrusage(2), wait4(2)). ru_maxrss is in KiB. */
export const RUSAGE_LAYOUT = {
  name: "rusage",
  size: 144,
  fields: [
    ["ru_utime.tv_sec", "long", 0],
    ["ru_utime.tv_usec", "long", 8],
    ["ru_stime.tv_sec", "long", 16],
    ["ru_stime.tv_usec", "long", 24],
    ["ru_maxrss", "long", 32],
    ["ru_ixrss", "long", 40],
    ["ru_idrss", "long", 48],
    ["ru_isrss", "long", 56],
    ["ru_minflt", "long", 64],
    ["ru_majflt", "long", 72],
    ["ru_nswap", "long", 80],
    ["ru_inblock", "long", 88],
    ["ru_oublock", "long", 96],
    ["ru_msgsnd", "long", 104],
    ["ru_msgrcv", "long", 112],
    ["ru_nsignals", "long", 120],
    ["ru_nvcsw", "long", 128],
    ["ru_nivcsw", "long", 136],
  ],
} as const;

/** A soft and a hard limit (prlimit(2)); RLIM_INFINITY is all ones. */
export const RLIMIT_LAYOUT = {
  name: "rlimit",
  size: 16,
  fields: [
    ["rlim_cur", "u64", 0],
    ["rlim_max", "u64", 8],
  ],
} as const;

/** The part of siginfo_t that SIGCHLD and waitid(2) fill in. */
export const SIGINFO_CHILD_LAYOUT = {
  name: "siginfo_child",
  size: 128,
  fields: [
    ["si_signo", "i32", 0],
    ["si_errno", "i32", 4],
    ["si_code", "i32", 8],
    ["si_pid", "i32", 16],
    ["si_uid", "u32", 20],
    ["si_status", "i32", 24],
  ],
} as const;

/** One descriptor of poll(2). */
export const POLLFD_LAYOUT = {
  name: "pollfd",
  size: 8,
  fields: [
    ["fd", "i32", 0],
    ["events", "i16", 4],
    ["revents", "i16", 6],
  ],
} as const;

/** The address of a Unix socket (unix(7)). */
export const SOCKADDR_UN_LAYOUT = {
  name: "sockaddr_un",
  size: 110,
  fields: [
    ["sun_family", "u16", 0],
    ["sun_path", "bytes", 2, 108],
  ],
} as const;
