// Flags of open(2). Four of them (DIRECT, DIRECTORY, NOFOLLOW, TMPFILE) have other values on arm64.
import { type Arch, archOrDefault } from "../platform.ts";

const GENERIC = {
  RDONLY: 0,
  WRONLY: 0o1,
  RDWR: 0o2,
  ACCMODE: 0o3,
  CREAT: 0o100,
  EXCL: 0o200,
  NOCTTY: 0o400,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  NONBLOCK: 0o4000,
  DSYNC: 0o10000,
  NOATIME: 0o1000000,
  CLOEXEC: 0o2000000,
  SYNC: 0o4010000,
  PATH: 0o10000000,
} as const;

/** Flags by name, without "O_". */
export type OpenFlags = Readonly<
  Record<keyof typeof GENERIC | "DIRECT" | "DIRECTORY" | "NOFOLLOW" | "TMPFILE", number>
>;

/** The flags of each architecture. */
export const OPEN_FLAGS: Readonly<Record<Arch, OpenFlags>> = {
  "x86-64": {
    ...GENERIC,
    DIRECT: 0o40000,
    DIRECTORY: 0o200000,
    NOFOLLOW: 0o400000,
    TMPFILE: 0o20200000,
  },
  arm64: {
    ...GENERIC,
    DIRECT: 0o200000,
    DIRECTORY: 0o40000,
    NOFOLLOW: 0o100000,
    TMPFILE: 0o20040000,
  },
};

/** The flags of this machine. */
export const O: OpenFlags = OPEN_FLAGS[archOrDefault()];
