// The system calls of a command: what ordinary programs use, and no more of the kernel than that. Every call that x86-64 or
// arm64 has is named here, so nothing is allowed or refused by accident.
import type { SyscallProfile, SyscallRule } from "@hutch/core";
import { CONNECTIONS, FILES, MEMORY, OWN_PROCESS, TIME } from "./common-calls.ts";
import {
  DESCRIPTORS,
  IOCTLS,
  NEVER,
  PROCESSES,
  RESOURCE_LIMITS,
  SCHEDULING,
  SOCKET_PROGRAMS,
  SOCKETS,
} from "./common-rules.ts";
import { allow, isInt, refused } from "./rule-words.ts";

const EBUSY = 16;
const SET_MODE_FILTER = 1;
const NEW_LISTENER = 8;

/** PER_LINUX, PER_LINUX32, UNAME26, both, ADDR_NO_RANDOMIZE, and the question which it is. */
const PERSONALITIES = [0, 8, 0x2_0000, 0x2_0008, 0x4_0000, 0xffff_ffff] as const;

const MORE_FILES = `
sync readahead futimesat tee sync_file_range vmsplice syncfs cachestat name_to_handle_at
`;
const ATTRIBUTES = `
setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr
fremovexattr setxattrat getxattrat listxattrat removexattrat
`;
const MORE_MEMORY = `
mlock munlock mlockall munlockall mlock2 remap_file_pages memfd_secret mseal map_shadow_stack
`;
const MORE_OF_PROCESSES = `
rt_sigqueueinfo process_mrelease ioprio_get sched_rr_get_interval sched_getattr set_thread_area get_thread_area
uretprobe uprobe
`;
const IDENTITY = `
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capget capset
`;

export const COMMAND_PROFILE: SyscallProfile = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 1,
  syscalls: [
    allow("files and what waits for them; which ones there are is the mount namespace's matter", FILES + MORE_FILES),
    allow("extended attributes of its own files", ATTRIBUTES),
    allow("its own memory", MEMORY + MORE_MEMORY),
    allow("its own processes, signals and threads", OWN_PROCESS + MORE_OF_PROCESSES),
    allow("of no effect without capabilities; programs that drop rights call them", IDENTITY),
    allow("clocks and timers", TIME),
    ...SOCKET_PROGRAMS,
    allow("sockets that it has", CONNECTIONS),
    allow(
      "shared memory and queues of its own IPC namespace",
      `
      shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
      mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr`,
    ),
    allow("debuggers and sanitizers; the job sees no process but its own", "ptrace process_vm_readv process_vm_writev"),
    allow("reading the clock's state; setting it needs a capability", "adjtimex clock_adjtime"),
    allow("a program may confine itself further", "landlock_create_ruleset landlock_add_rule landlock_restrict_self"),
    allow("what is mounted; the job sees its own mounts only", "statmount listmount"),
    ...SOCKETS,
    ...IOCTLS,
    ...PROCESSES,
    ...DESCRIPTORS,
    ...RESOURCE_LIMITS,
    ...SCHEDULING,
    allow(
      "less urgent, or on fewer processors, than it is; more needs a capability",
      "setpriority ioprio_set sched_setparam sched_setscheduler sched_setaffinity sched_setattr",
    ),
    {
      names: ["seccomp"],
      action: "SCMP_ACT_ERRNO",
      errnoRet: EBUSY,
      args: [
        isInt(0, SET_MODE_FILTER),
        { index: 1, value: NEW_LISTENER, valueTwo: NEW_LISTENER, op: "SCMP_CMP_MASKED_EQ" },
      ],
      comment: "who listens to its system calls is decided outside",
    },
    allow("a program may confine itself further", "seccomp"),
    ...PERSONALITIES.map(
      (value): SyscallRule => ({
        names: ["personality"],
        action: "SCMP_ACT_ALLOW",
        args: [isInt(0, value)],
        comment: "harmless ones, and the question which one it is",
      }),
    ),
    refused("others switch off protections of memory", "personality"),
    refused(
      "keys belong to a user, not to a namespace: a job would reach those of whoever started it",
      "add_key request_key keyctl",
    ),
    refused("a program inside the kernel", "bpf"),
    refused("counts and samples of the processor: side channels, and much kernel code", "perf_event_open"),
    refused("lets a program stop the kernel in the middle of a copy, which exploits wait for", "userfaultfd"),
    refused("namespaces: rights inside of them, and the kernel's code behind them", "unshare setns"),
    refused(
      "mounts and roots; the job's are made and stay as they are",
      `
      mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
      open_tree_attr`,
    ),
    refused("opens files by number past every mount", "open_by_handle_at"),
    refused("other processes' descriptors and memory, by rights that no job has", "pidfd_getfd process_madvise kcmp"),
    refused("watches the files of everybody", "fanotify_init fanotify_mark"),
    refused(
      "where memory lies on the machine is for its owner to say",
      "mbind set_mempolicy get_mempolicy migrate_pages move_pages set_mempolicy_home_node",
    ),
    refused(
      "settings of the machine",
      `
      sethostname setdomainname settimeofday clock_settime quotactl quotactl_fd acct reboot syslog vhangup iopl
      ioperm swapon swapoff lookup_dcookie`,
    ),
    refused("labels of security modules", "lsm_get_self_attr lsm_set_self_attr lsm_list_modules"),
    refused("attributes of files below what permissions say", "file_getattr file_setattr"),
    refused("segments for 16-bit programs", "modify_ldt"),
    ...NEVER,
  ],
};
