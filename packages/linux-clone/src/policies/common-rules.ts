// Rules that the shipped profiles share: what can only be told from a call's arguments, and what nobody may call.
import type { SyscallRule } from "@hutch/core";
import { absent, allow, fatal, isInt, refused } from "./rule-words.ts";

const EPERM = 1;
const EAFNOSUPPORT = 97;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NAMESPACE_FLAGS = 0x7e02_0000;

/** AF_UNIX 1, AF_INET 2, AF_INET6 10: what programs talk to each other and to the network with. */
const SOCKET_FAMILIES = [1, 2, 10] as const;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;

export const SOCKETS: readonly SyscallRule[] = [
  ...SOCKET_FAMILIES.map(
    (family): SyscallRule => ({
      names: ["socket"],
      action: "SCMP_ACT_ALLOW",
      args: [isInt(0, family)],
      comment: "local and Internet sockets; where they lead is the network namespace's matter",
    }),
  ),
  {
    names: ["socket"],
    action: "SCMP_ACT_ALLOW",
    args: [isInt(0, AF_NETLINK), isInt(2, NETLINK_ROUTE)],
    comment: "getaddrinfo() asks over it which addresses there are",
  },
  {
    names: ["socket"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: EAFNOSUPPORT,
    comment:
      "every other family is kernel code that is seldom used and often broken, and AF_VSOCK knows no network namespace: it reaches the hypervisor",
  },
  {
    names: ["socketpair"],
    action: "SCMP_ACT_ALLOW",
    args: [isInt(0, 1)],
    comment: "pairs of local sockets",
  },
  {
    names: ["socketpair"],
    action: "SCMP_ACT_ERRNO",
    errnoRet: EAFNOSUPPORT,
    comment: "AF_TIPC makes pairs, too",
  },
];

const SOL_SOCKET = 1;
/** SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF: asm-generic/socket.h. */
const ATTACHED_PROGRAMS = [26, 50, 51, 52] as const;

/** ORDER: before what allows other options. */
export const SOCKET_PROGRAMS: readonly SyscallRule[] = ATTACHED_PROGRAMS.map((option) => ({
  names: ["setsockopt"],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EPERM,
  args: [isInt(1, SOL_SOCKET), isInt(2, option)],
  comment:
    "a program inside the kernel, as by bpf: it becomes machine code there, of which the whole machine has one quota",
}));

const ioctl = (request: number, comment: string): SyscallRule => ({
  names: ["ioctl"],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EPERM,
  args: [isInt(1, request)],
  comment,
});

/** TIOCSTI, TIOCLINUX, TIOCSETD. */
export const IOCTLS: readonly SyscallRule[] = [
  ioctl(0x5412, "types into a terminal: what reads it takes that for its user's words"),
  ioctl(0x541c, "pastes into a console"),
  ioctl(0x5423, "loads line disciplines, kernel code that nobody needs"),
  allow("devices that the job was given; it was given few", "ioctl"),
];

export const PROCESSES: readonly SyscallRule[] = [
  {
    names: ["clone"],
    action: "SCMP_ACT_ALLOW",
    args: [{ index: 0, value: NAMESPACE_FLAGS, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
    comment:
      "processes and threads; a namespace of its own would give the job rights, and the kernel's code behind them",
  },
  refused("the same with namespaces", "clone"),
  absent("its flags lie in memory, where a filter cannot look; libraries then use clone", "clone3"),
];

/** linux/fcntl.h. SINCE: Linux 6.19 for F_SETDELEG. */
const [F_SETLEASE, F_SETDELEG] = [1024, 1040];

/** Leases are the owner's to take, and an unprivileged user's jobs have the id of who owns the files that they are shown. */
export const DESCRIPTORS: readonly SyscallRule[] = [
  ...[F_SETLEASE, F_SETDELEG].map(
    (command): SyscallRule => ({
      names: ["fcntl"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: EPERM,
      args: [isInt(1, command)],
      comment:
        "a lease of a file that is shown read-only, or of its folder, holds up everybody who wants to write there",
    }),
  ),
  allow("its own descriptors and locks", "fcntl"),
];

const RLIMIT_CORE = 4;

/** It is told that it did: programs that hold secrets end themselves where they cannot set this limit to 0. */
function unchangedCore(name: string, ...args: NonNullable<SyscallRule["args"]>): SyscallRule {
  return {
    names: [name],
    action: "SCMP_ACT_ERRNO",
    errnoRet: 0,
    args,
    comment: "at any size but 1 a crash makes the kernel start the machine's handler of core dumps, as root",
  };
}

/**
 * A hard RLIMIT_CPU of 0 has the kernel kill whom it is set for, also process 1, which tells how the job ends. The kernel allows
 * it between processes of one user and group, and where an unprivileged user launches, init has no other.
 */
export const RESOURCE_LIMITS: readonly SyscallRule[] = [
  unchangedCore("setrlimit", isInt(0, RLIMIT_CORE)),
  allow("its other limits", "setrlimit"),
  unchangedCore("prlimit64", isInt(0, 0), isInt(1, RLIMIT_CORE), { index: 2, value: 0, op: "SCMP_CMP_NE" }),
  {
    names: ["prlimit64"],
    action: "SCMP_ACT_ALLOW",
    args: [isInt(0, 0)],
    comment: "a process's own limits",
  },
  {
    names: ["prlimit64"],
    action: "SCMP_ACT_ALLOW",
    args: [{ index: 2, value: 0, op: "SCMP_CMP_EQ" }],
    comment: "what limits another process has",
  },
  refused("limits of another process: those of process 1 would end it", "prlimit64"),
];

const INIT = 1;
const PRIO_PROCESS = 0;
const PRIO_USER = 2;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_WHO_USER = 3;

const ofInit = (name: string, comment: string, ...args: NonNullable<SyscallRule["args"]>): SyscallRule => ({
  names: [name],
  action: "SCMP_ACT_ERRNO",
  errnoRet: EPERM,
  args,
  comment,
});

/**
 * When process 1 runs decides how soon the job's end is told and its processes are ended. A job that is of the same user could
 * put it behind its own. Threads are named by the same calls, so only who is meant is refused: process 1, and all of a user.
 */
export const SCHEDULING: readonly SyscallRule[] = [
  ofInit("setpriority", "how urgent process 1 is", isInt(0, PRIO_PROCESS), isInt(1, INIT)),
  ofInit("setpriority", "all processes of a user: process 1 is one of them", isInt(0, PRIO_USER)),
  ofInit("ioprio_set", "how urgent what process 1 reads is", isInt(0, IOPRIO_WHO_PROCESS), isInt(1, INIT)),
  ofInit("ioprio_set", "all processes of a user: process 1 is one of them", isInt(0, IOPRIO_WHO_USER)),
  ...["sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr"].map((name) =>
    ofInit(name, "when and where process 1 runs", isInt(0, INIT)),
  ),
];

export const NEVER: readonly SyscallRule[] = [
  absent(
    "runs calls that no filter sees, and its bugs are many; libraries then use epoll",
    "io_uring_setup io_uring_enter io_uring_register",
  ),
  absent(
    "its requests count against one quota of the whole machine: a job could take it all, and databases of the host then get none",
    "io_setup io_destroy io_getevents io_submit io_cancel io_pgetevents",
  ),
  absent(
    "gone from kernels, or soon",
    `uselib ustat sysfs _sysctl create_module get_kernel_syms query_module nfsservctl getpmsg putpmsg afs_syscall
    tuxcall security epoll_ctl_old epoll_wait_old vserver`,
  ),
  fatal(
    "code into the kernel, or another kernel: nobody asks for that by mistake",
    "init_module finit_module delete_module kexec_load kexec_file_load",
  ),
];
