// Layouts of structures that only Linux has. Checked by test/structs.test.ts against golden files of native/layout.c.
// Where an ABI grew, each size is a layout of its own: the size is an argument of the call.
import { type Arch, arch } from "../platform.ts";
import type { Layout } from "../struct.ts";

/** Arguments of clone3(2). SINCE: Linux 5.7 with this size. */
export const CLONE_ARGS_LAYOUT = {
  name: "clone_args",
  size: 88,
  fields: [
    ["flags", "u64", 0],
    ["pidfd", "u64", 8],
    ["child_tid", "u64", 16],
    ["parent_tid", "u64", 24],
    ["exit_signal", "u64", 32],
    ["stack", "u64", 40],
    ["stack_size", "u64", 48],
    ["tls", "u64", 56],
    ["set_tid", "u64", 64],
    ["set_tid_size", "u64", 72],
    ["cgroup", "u64", 80],
  ],
} as const;

/** One instruction of a classic BPF program (seccomp filters). */
export const SOCK_FILTER_LAYOUT = {
  name: "sock_filter",
  size: 8,
  fields: [
    ["code", "u16", 0],
    ["jt", "u8", 2],
    ["jf", "u8", 3],
    ["k", "u32", 4],
  ],
} as const;

/** A classic BPF program: `len` instructions at `filter`. */
export const SOCK_FPROG_LAYOUT = {
  name: "sock_fprog",
  size: 16,
  fields: [
    ["len", "u16", 0],
    ["filter", "u64", 8],
  ],
} as const;

/** Rights that a landlock ruleset handles. SINCE: Linux 5.13, landlock ABI 1. */
export const LANDLOCK_RULESET_ATTR_ABI1_LAYOUT = {
  name: "landlock_ruleset_attr_abi1",
  size: 8,
  fields: [["handled_access_fs", "u64", 0]],
} as const;

/** SINCE: Linux 6.7, landlock ABI 4. */
export const LANDLOCK_RULESET_ATTR_ABI4_LAYOUT = {
  name: "landlock_ruleset_attr_abi4",
  size: 16,
  fields: [
    ["handled_access_fs", "u64", 0],
    ["handled_access_net", "u64", 8],
  ],
} as const;

/** SINCE: Linux 6.12, landlock ABI 6. */
export const LANDLOCK_RULESET_ATTR_ABI6_LAYOUT = {
  name: "landlock_ruleset_attr_abi6",
  size: 24,
  fields: [
    ["handled_access_fs", "u64", 0],
    ["handled_access_net", "u64", 8],
    ["scoped", "u64", 16],
  ],
} as const;

/** A rule of LANDLOCK_RULE.PATH_BENEATH; packed in C. */
export const LANDLOCK_PATH_BENEATH_ATTR_LAYOUT = {
  name: "landlock_path_beneath_attr",
  size: 12,
  fields: [
    ["allowed_access", "u64", 0],
    ["parent_fd", "i32", 8],
  ],
} as const;

/** A rule of LANDLOCK_RULE.NET_PORT. SINCE: Linux 6.7, landlock ABI 4. */
export const LANDLOCK_NET_PORT_ATTR_LAYOUT = {
  name: "landlock_net_port_attr",
  size: 16,
  fields: [
    ["allowed_access", "u64", 0],
    ["port", "u64", 8],
  ],
} as const;

/** An event of epoll(7): packed on x86-64 only. */
export const EPOLL_EVENT_LAYOUTS: { readonly [A in Arch]: EpollEventLayout } = {
  "x86-64": {
    name: "epoll_event",
    size: 12,
    fields: [
      ["events", "u32", 0],
      ["data", "u64", 4],
    ],
  },
  arm64: {
    name: "epoll_event",
    size: 16,
    fields: [
      ["events", "u32", 0],
      ["data", "u64", 8],
    ],
  },
};

/** A layout with the fields of struct epoll_event. */
export interface EpollEventLayout extends Layout {
  readonly fields: readonly [readonly ["events", "u32", number], readonly ["data", "u64", number]];
}

/** The epoll_event of this machine. */
export function epollEventLayout(): EpollEventLayout {
  return EPOLL_EVENT_LAYOUTS[arch()];
}

/** An interface by name and its flags (netdevice(7), SIOCGIFFLAGS and SIOCSIFFLAGS). */
export const IFREQ_FLAGS_LAYOUT = {
  name: "ifreq",
  size: 40,
  fields: [
    ["ifr_name", "bytes", 0, 16],
    ["ifr_flags", "i16", 16],
  ],
} as const;

/** How openat2(2) resolves a path. SINCE: Linux 5.6. */
export const OPEN_HOW_LAYOUT = {
  name: "open_how",
  size: 24,
  fields: [
    ["flags", "u64", 0],
    ["mode", "u64", 8],
    ["resolve", "u64", 16],
  ],
} as const;

/** What mount_setattr(2) changes. SINCE: Linux 5.12. */
export const MOUNT_ATTR_LAYOUT = {
  name: "mount_attr",
  size: 32,
  fields: [
    ["attr_set", "u64", 0],
    ["attr_clr", "u64", 8],
    ["propagation", "u64", 16],
    ["userns_fd", "u64", 24],
  ],
} as const;

/** What PIDFD_GET_INFO tells. SINCE: Linux 6.13; exit_code is filled in from 6.15 on. */
export const PIDFD_INFO_LAYOUT = {
  name: "pidfd_info",
  size: 64,
  fields: [
    ["mask", "u64", 0],
    ["cgroupid", "u64", 8],
    ["pid", "u32", 16],
    ["tgid", "u32", 20],
    ["ppid", "u32", 24],
    ["ruid", "u32", 28],
    ["rgid", "u32", 32],
    ["euid", "u32", 36],
    ["egid", "u32", 40],
    ["suid", "u32", 44],
    ["sgid", "u32", 48],
    ["fsuid", "u32", 52],
    ["fsgid", "u32", 56],
    ["exit_code", "i32", 60],
  ],
} as const;

/** A call as a seccomp filter sees it. */
export const SECCOMP_DATA_LAYOUT = {
  name: "seccomp_data",
  size: 64,
  fields: [
    ["nr", "i32", 0],
    ["arch", "u32", 4],
    ["instruction_pointer", "u64", 8],
    ["args[0]", "u64", 16],
    ["args[1]", "u64", 24],
    ["args[2]", "u64", 32],
    ["args[3]", "u64", 40],
    ["args[4]", "u64", 48],
    ["args[5]", "u64", 56],
  ],
} as const;

/** A call that waits for its supervisor (SECCOMP_IOCTL_NOTIF_RECV). */
export const SECCOMP_NOTIF_LAYOUT = {
  name: "seccomp_notif",
  size: 80,
  fields: [
    ["id", "u64", 0],
    ["pid", "u32", 8],
    ["flags", "u32", 12],
    ["data.nr", "i32", 16],
    ["data.arch", "u32", 20],
    ["data.instruction_pointer", "u64", 24],
    ["data.args[0]", "u64", 32],
    ["data.args[1]", "u64", 40],
    ["data.args[2]", "u64", 48],
    ["data.args[3]", "u64", 56],
    ["data.args[4]", "u64", 64],
    ["data.args[5]", "u64", 72],
  ],
} as const;

/** The supervisor's answer (SECCOMP_IOCTL_NOTIF_SEND). */
export const SECCOMP_NOTIF_RESP_LAYOUT = {
  name: "seccomp_notif_resp",
  size: 24,
  fields: [
    ["id", "u64", 0],
    ["val", "i64", 8],
    ["error", "i32", 16],
    ["flags", "u32", 20],
  ],
} as const;

/** A descriptor that the supervisor puts into the caller (SECCOMP_IOCTL_NOTIF_ADDFD). SINCE: Linux 5.9. */
export const SECCOMP_NOTIF_ADDFD_LAYOUT = {
  name: "seccomp_notif_addfd",
  size: 24,
  fields: [
    ["id", "u64", 0],
    ["flags", "u32", 8],
    ["srcfd", "u32", 12],
    ["newfd", "u32", 16],
    ["newfd_flags", "u32", 20],
  ],
} as const;

/** Version and process of capget(2) and capset(2). */
export const CAP_USER_HEADER_LAYOUT = {
  name: "__user_cap_header_struct",
  size: 8,
  fields: [
    ["version", "u32", 0],
    ["pid", "i32", 4],
  ],
} as const;

/** 32 capabilities of each set; version 3 takes two of these. */
export const CAP_USER_DATA_LAYOUT = {
  name: "__user_cap_data_struct",
  size: 12,
  fields: [
    ["effective", "u32", 0],
    ["permitted", "u32", 4],
    ["inheritable", "u32", 8],
  ],
} as const;

/** The parts of statfs(2) that say what kind of file system this is and how it is mounted. */
export const STATFS_LAYOUT = {
  name: "statfs",
  size: 120,
  fields: [
    ["f_type", "long", 0],
    ["f_bsize", "long", 8],
    ["f_blocks", "ulong", 16],
    ["f_bfree", "ulong", 24],
    ["f_bavail", "ulong", 32],
    ["f_files", "ulong", 40],
    ["f_ffree", "ulong", 48],
    ["f_namelen", "long", 64],
    ["f_flags", "long", 80],
  ],
} as const;

/** The kernel's sigaction (rt_sigaction(2)), which is not glibc's. */
export const KERNEL_SIGACTION_LAYOUT = {
  name: "kernel_sigaction",
  size: 32,
  fields: [
    ["sa_handler", "u64", 0],
    ["sa_flags", "u64", 8],
    ["sa_restorer", "u64", 16],
    ["sa_mask", "u64", 24],
  ],
} as const;
