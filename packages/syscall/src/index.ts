// Typed Linux and POSIX calls. Exports only.

export { call, checked, rawCall, tryCall, tryCallRestarting } from "./call.ts";
export { type ErrnoCode, errnoCode, errnoText, isSyscallError, SyscallError } from "./errno.ts";
export { AT_FDCWD, type Fd, OwnedFd, STDERR, STDIN, STDOUT, toFd } from "./fd.ts";
export type { LaunchMoments } from "./launch-moments.ts";
export type { InJob, Launched, LaunchRefused } from "./launch-outcome.ts";
export { holdAbstractName } from "./linux/abstract-name.ts";
export {
  CAP,
  CAPABILITY_VERSION,
  type CapabilitySets,
  capget,
  capset,
  encodeCapabilities,
  SECBIT,
} from "./linux/capability.ts";
export { EFD, EPOLL, EPOLL_CTL, type EpollEvent, epollCreate1, epollCtl, epollWait, eventfd2 } from "./linux/epoll.ts";
export { getxattr } from "./linux/extended-attribute.ts";
export { IFF, SIOC } from "./linux/interface.ts";
export { kernelRelease, kernelVersion } from "./linux/kernel-release.ts";
export {
  LANDLOCK_ACCESS_FS,
  LANDLOCK_ACCESS_NET,
  LANDLOCK_CREATE_RULESET,
  LANDLOCK_RESTRICT_SELF,
  LANDLOCK_RULE,
  LANDLOCK_SCOPE,
  landlockAbi,
  landlockAddRule,
  landlockCreateRuleset,
  landlockRestrictSelf,
} from "./linux/landlock.ts";
export { addSeals, F_SEAL, FINAL_SEALS, getSeals, MFD, memfdCreate, sealedMemfd } from "./linux/memfd.ts";
export {
  MADV,
  madvise,
  mapMemory,
  moveMemory,
  PROT,
  protectMemory,
  readToMemory,
  unmapMemory,
} from "./linux/memory.ts";
export {
  FS_MAGIC,
  FSCONFIG,
  fsconfig,
  fsmount,
  fsopen,
  fstatfs,
  MNT,
  MOUNT_ATTR,
  MOVE_MOUNT,
  MS,
  mount,
  mountSetattr,
  moveMount,
  OPEN_TREE,
  openTree,
  pivotRoot,
  ST,
  statfs,
  UMOUNT_NOFOLLOW,
  umount2,
} from "./linux/mount.ts";
export {
  type SyscallName,
  type SyscallNumbers,
  syscallNumber,
  syscallNumbers,
  UnsupportedSyscallError,
} from "./linux/numbers.ts";
export { openat2, RESOLVE } from "./linux/open.ts";
export { pidOfPidfd } from "./linux/pidfd-pid.ts";
export {
  CLONE,
  CLOSE_RANGE,
  closeRange,
  gettid,
  PIDFD,
  PIDFD_GET_INFO,
  PIDFD_INFO,
  PR,
  pidfdGetfd,
  pidfdGetInfo,
  pidfdOpen,
  pidfdSendSignal,
  prctl,
  setns,
  tidAddress,
  unshare,
} from "./linux/process.ts";
export {
  AUDIT_ARCH,
  BPF,
  BPF_MAXINSNS,
  installFilter,
  SECCOMP,
  SECCOMP_ADDFD_FLAG,
  SECCOMP_FILTER_FLAG,
  SECCOMP_IOCTL_NOTIF,
  SECCOMP_RET,
  SECCOMP_USER_NOTIF_FLAG_CONTINUE,
  seccomp,
  X32_SYSCALL_BIT,
} from "./linux/seccomp.ts";
export { SIG, SIGRTMAX, SIGRTMIN, signalName } from "./linux/signal.ts";
export {
  CAP_USER_DATA_LAYOUT,
  CAP_USER_HEADER_LAYOUT,
  CLONE_ARGS_LAYOUT,
  EPOLL_EVENT_LAYOUTS,
  type EpollEventLayout,
  epollEventLayout,
  IFREQ_FLAGS_LAYOUT,
  KERNEL_SIGACTION_LAYOUT,
  LANDLOCK_NET_PORT_ATTR_LAYOUT,
  LANDLOCK_PATH_BENEATH_ATTR_LAYOUT,
  LANDLOCK_RULESET_ATTR_ABI1_LAYOUT,
  LANDLOCK_RULESET_ATTR_ABI4_LAYOUT,
  LANDLOCK_RULESET_ATTR_ABI6_LAYOUT,
  MOUNT_ATTR_LAYOUT,
  OPEN_HOW_LAYOUT,
  PIDFD_INFO_LAYOUT,
  SECCOMP_DATA_LAYOUT,
  SECCOMP_NOTIF_ADDFD_LAYOUT,
  SECCOMP_NOTIF_LAYOUT,
  SECCOMP_NOTIF_RESP_LAYOUT,
  SOCK_FILTER_LAYOUT,
  SOCK_FPROG_LAYOUT,
  STATFS_LAYOUT,
} from "./linux/structs.ts";
export { openTerminal, resizeTerminal, type TerminalSize, TIOC } from "./linux/terminal.ts";
export { type Pid, toPid } from "./pid.ts";
export { type Arch, arch, isSupportedPlatform, UnsupportedPlatformError } from "./platform.ts";
export { Arena, type Argument, type CText } from "./pointer.ts";
export { CMSG_HEADER_BYTES, cmsgAlign, cmsgLen, cmsgSpace, SCM } from "./posix/cmsg.ts";
export {
  AT,
  chdir,
  dup,
  dup3,
  F,
  FD_CLOEXEC,
  fchdir,
  fcntl,
  ftruncate,
  ioctl,
  lseek,
  mkdir,
  open,
  openat,
  type Pipe,
  pipe2,
  pread,
  read,
  rmdir,
  SEEK,
  symlink,
  tryRead,
  tryWrite,
  unlink,
  write,
  writeAll,
} from "./posix/file.ts";
export type { Data } from "./posix/message-header.ts";
export { monotonicMs, monotonicOf } from "./posix/monotonic.ts";
export { O, OPEN_FLAGS, type OpenFlags } from "./posix/open-flags.ts";
export {
  descriptorKind,
  type FileKind,
  type FolderEntry,
  fileIdentity,
  fileKind,
  filePermissions,
  IDENTITY,
  readFolder,
  readLink,
  readText,
  realPath,
} from "./posix/path.ts";
export { POLL, type PollRequest, poll } from "./posix/poll.ts";
export {
  execve,
  execveat,
  exitGroup,
  getegid,
  geteuid,
  getgid,
  getpid,
  getppid,
  getuid,
  isExecutable,
  kill,
  killGroup,
  setpgid,
  setsid,
  umask,
} from "./posix/process.ts";
export {
  decodeUsage,
  getrlimit,
  getrusage,
  prlimit,
  processCpuMicros,
  type ResourceLimit,
  type ResourceUsage,
  RLIM_INFINITY,
  RLIMIT,
  RUSAGE,
  setrlimit,
} from "./posix/resource.ts";
export {
  AF,
  getsockopt,
  MSG,
  type PeerCredentials,
  peerCredentials,
  type Received,
  recv,
  recvmsg,
  SHUT,
  SO,
  SOCK,
  SOL_SOCKET,
  type SocketPair,
  send,
  sendmsg,
  setsockopt,
  shutdown,
  socket,
  socketpair,
  tryRecv,
  tryRecvmsg,
  trySend,
  trySendmsg,
} from "./posix/socket.ts";
export {
  CMSGHDR_LAYOUT,
  IOVEC_LAYOUT,
  ITIMERSPEC_LAYOUT,
  MSGHDR_LAYOUT,
  POLLFD_LAYOUT,
  RLIMIT_LAYOUT,
  RUSAGE_LAYOUT,
  SIGINFO_CHILD_LAYOUT,
  SOCKADDR_UN_LAYOUT,
  TIMESPEC_LAYOUT,
  TIMEVAL_LAYOUT,
  UCRED_LAYOUT,
} from "./posix/structs.ts";
export { type ChildInfo, type Reaped, W, type WaitTarget, wait4, waitid } from "./posix/wait.ts";
export { CLD, decodeChildCode, decodeWaitStatus, type WaitStatus } from "./posix/wait-status.ts";
export {
  decodeStruct,
  encodeStruct,
  type Field,
  type Layout,
  offsetOf,
  type ScalarType,
  type StructInput,
  type StructOutput,
} from "./struct.ts";
export {
  CompiledPlan,
  folderOf,
  type LateValue,
  type WalkArgument,
  type WalkPlan,
  type WalkStep,
} from "./walk-plan.ts";
