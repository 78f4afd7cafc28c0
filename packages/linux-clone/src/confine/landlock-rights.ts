// What landlock can hold by its ABI, as data: which rights a ruleset handles on which kernel, and which of them a job gets where.
import { LANDLOCK_ACCESS_FS as FS, LANDLOCK_ACCESS_NET, LANDLOCK_RESTRICT_SELF, LANDLOCK_SCOPE } from "@hutch/syscall";

const union = (...rights: readonly number[]): number => rights.reduce((all, right) => all | right, 0);

/** Rights on files by the first ABI that has them. A ruleset handles all that the kernel knows: what is handled and not given is denied. */
const FILE_RIGHTS: readonly (readonly [abi: number, rights: number])[] = [
  [
    1,
    union(
      FS.EXECUTE,
      FS.WRITE_FILE,
      FS.READ_FILE,
      FS.READ_DIR,
      FS.REMOVE_DIR,
      FS.REMOVE_FILE,
      FS.MAKE_CHAR,
      FS.MAKE_DIR,
      FS.MAKE_REG,
      FS.MAKE_SOCK,
      FS.MAKE_FIFO,
      FS.MAKE_BLOCK,
      FS.MAKE_SYM,
    ),
  ],
  [2, FS.REFER],
  [3, FS.TRUNCATE],
  [5, FS.IOCTL_DEV],
  [9, FS.RESOLVE_UNIX],
];

export const TCP_ABI = 4;
export const SCOPE_ABI = 6;
export const LOG_ABI = 7;
export const UNIX_ABI = 9;

export function handledFileRights(abi: number): number {
  return union(...FILE_RIGHTS.filter(([since]) => since <= abi).map(([, rights]) => rights));
}

/** The only rights that a file may be given; the kernel refuses a rule with more of them on one. */
const OF_A_FILE: number = union(FS.EXECUTE, FS.WRITE_FILE, FS.READ_FILE, FS.TRUNCATE, FS.IOCTL_DEV);

/** Everywhere in the job's root. Moves between folders need REFER on both sides, beside the rights to write there. */
export const EVERYWHERE: number = union(FS.READ_FILE, FS.READ_DIR, FS.EXECUTE, FS.REFER);

/** Where the policy lets the job write: everything but device nodes, which nobody gets anywhere. */
export const WRITABLE_FOLDER: number = union(
  FS.WRITE_FILE,
  FS.TRUNCATE,
  FS.REMOVE_DIR,
  FS.REMOVE_FILE,
  FS.MAKE_DIR,
  FS.MAKE_REG,
  FS.MAKE_SOCK,
  FS.MAKE_FIFO,
  FS.MAKE_SYM,
);

/** A socket file that the policy names itself. In a shown folder none is given: who made a socket in the job reaches it anyway. */
export const NAMED_SOCKET: number = FS.RESOLVE_UNIX;

export const WRITABLE_FILE: number = WRITABLE_FOLDER & OF_A_FILE;

/** A terminal is driven by requests of its own (ioctl). */
export const TERMINAL: number = union(FS.WRITE_FILE, FS.IOCTL_DEV);

export const TCP: number = union(LANDLOCK_ACCESS_NET.BIND_TCP, LANDLOCK_ACCESS_NET.CONNECT_TCP);

export const SCOPES: number = union(LANDLOCK_SCOPE.ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE.SIGNAL);

/** Every denial would be a line in the machine's audit log, which the job could fill. */
export const NO_LOG: number = union(
  LANDLOCK_RESTRICT_SELF.LOG_SAME_EXEC_OFF,
  LANDLOCK_RESTRICT_SELF.LOG_SUBDOMAINS_OFF,
);
