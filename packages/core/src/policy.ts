// What a job may see and use: files, network, environment. Plain data; backends turn it into a launch plan.
import * as v from "valibot";
import { type SuperviseInput, SuperviseInputSchema, superviseOf } from "./call-handler.ts";
import { CONTROL_NAMES, type ControlName, INDISPENSABLE_CONTROLS } from "./controls.ts";
import { parseOptions, suggest } from "./options.ts";
import { SUPERVISE_PARTS, type Supervise, SuperviseSchema } from "./supervise.ts";
import { type Syscalls, SyscallsSchema, syscallProfileSchema } from "./syscall-profile.ts";

/**
 * One thing in the job's file tree. `path` is where the job sees it. Later entries lie over earlier ones and over the system's;
 * a `symlink` or `content` also replaces a file or link, but never a folder, and is never made in a folder of the host.
 */
export type FileEntry =
  | { readonly kind: "read-only"; readonly source: string; readonly path: string }
  | { readonly kind: "read-write"; readonly source: string; readonly path: string; readonly noexec?: boolean }
  /** The job sees `source` and may change it; what it changes is in memory, and gone with the job. */
  | { readonly kind: "overlay"; readonly source: string; readonly path: string; readonly sizeBytes?: number }
  /** `inodes`: files and folders in it; as many as fill it with one page each, and some, unless given. `noexec`: no programs. */
  | {
      readonly kind: "tmpfs";
      readonly path: string;
      readonly sizeBytes?: number;
      readonly inodes?: number;
      readonly noexec?: boolean;
    }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  /** Everybody reads it and nobody writes it; `mode` 0o755 makes it a program. 0o444 unless given. */
  | { readonly kind: "content"; readonly path: string; readonly content: string; readonly mode?: number };

/** `none`: nothing but loopback. `host`: all of the machine's network. */
export type Network = "none" | "host";

/** TCP ports that the job may use. Of other protocols, such as UDP, it says nothing. */
export interface TcpPorts {
  /** It may connect to these, on any address. */
  readonly connect: readonly number[];
  /** It may listen on these. */
  readonly bind: readonly number[];
}
/** Which local (Unix) sockets a job makes. `pairs`: connected pairs alone, so that it reaches no socket by its path. */
export type UnixSockets = "all" | "pairs";
/** `one`: one user and one group. `range`: 65,536 of each, as a machine has. */
type Ids = "one" | "range";
export type BackendName = "linux-clone" | "posix-fork";
export type BackendChoice = "auto" | BackendName;

/** What a job may see and use, complete: what callers give is any part of it (PolicyInput). */
export interface Policy {
  /**
   * A folder of the host with a file system of its own, such as an unpacked container image: what is in it is shown read-only
   * in place of the system folders. null: the host's.
   */
  readonly root: string | null;
  /** Over the system folders, which are read-only: /usr, /bin, /sbin, /lib*, and a few files of /etc. */
  readonly files: readonly FileEntry[];
  /** `none`: a network namespace of its own with nothing but loopback. `host`: the host's network. */
  readonly network: Network;
  /** null: every port of the network that it has. SINCE: Linux 6.7 (landlock ABI 4). */
  readonly tcp: TcpPorts | null;
  /**
   * Whoever listens on a socket file in a shown folder can be reached, also where the folder is read-only. `pairs`: the job makes
   * no socket that could, nor one of its own to listen on. From Linux 7.1 on (landlock ABI 9) none but its own is reached anyway.
   */
  readonly unixSockets: UnixSockets;
  /** /dev/ptmx and /dev/pts of its own, so that programs inside can make terminals. */
  readonly terminal: boolean;
  /** `default`: the shipped profile for commands or for functions. A profile in the form of OCI or Docker holds for both. `off`: none. */
  readonly syscalls: Syscalls;
  /**
   * `one`: user and group 1000, and nothing to change to. `range`: the job begins as root among 65,536 users and groups of its
   * own, with the capabilities to change between them and to own files, and none besides: for package managers, useradd, and
   * servers that drop rights. Commands of run() only.
   */
  readonly ids: Ids;
  /** What the host decides for the job, call by call. null: nothing. With `network: "none"` only. */
  readonly supervise: Supervise | null;
  /** The whole environment of the job; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory inside the sandbox. */
  readonly cwd: string;
  /** Host name inside the sandbox. */
  readonly hostname: string;
  /** Controls that may be missing without the run being refused. */
  readonly bestEffort: readonly ControlName[];
  /** `auto` means linux-clone, and a refusal where that cannot work. posix-fork is taken only when it is named. */
  readonly backend: BackendChoice;
}

export const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The system's programs, an empty /tmp, no network, every control required. */
export const DEFAULT_POLICY: Policy = {
  root: null,
  files: [],
  network: "none",
  tcp: null,
  unixSockets: "all",
  terminal: false,
  syscalls: "default",
  ids: "one",
  supervise: null,
  env: { PATH: DEFAULT_PATH, HOME: "/tmp", LANG: "C.UTF-8" },
  cwd: "/tmp",
  hostname: "sandbox",
  bestEffort: [],
  backend: "auto",
};

const NUL = "\0";
const MAX_HOSTNAME_BYTES = 64;
const TiB = 2 ** 40;

const text: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.check((value) => !value.includes(NUL), "text without a NUL byte"),
  v.check((value) => value.isWellFormed(), "well-formed Unicode text"),
);
const nonEmpty: v.GenericSchema<string> = v.pipe(text, v.minLength(1, "text that is not empty"));
const inside: v.GenericSchema<string> = v.pipe(
  text,
  v.check((path) => path.startsWith("/") && !path.split("/").includes(".."), 'an absolute path without ".."'),
);
const hostname: v.GenericSchema<string> = v.pipe(
  nonEmpty,
  v.check(
    (name) => new TextEncoder().encode(name).byteLength <= MAX_HOSTNAME_BYTES,
    `at most ${MAX_HOSTNAME_BYTES} bytes`,
  ),
);
const READ_BY_ALL = 0o444;
const contentMode = "a mode that lets everybody read, such as 0o444, or 0o755 for a program";
const MOST_INODES = 2 ** 31 - 1;

function wholeNumber(unit: string, least: number, most: number): v.GenericSchema<unknown, number> {
  const expected = `a whole number of ${unit} from ${least}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(most, `at most ${most} ${unit}`),
  );
}
const sizeBytes: v.GenericSchema<unknown, number> = wholeNumber("bytes", 4096, TiB);
const ports: v.GenericSchema<unknown, number[]> = v.array(wholeNumber("TCP ports", 0, 65_535));

const envName: v.GenericSchema<string> = v.pipe(
  text,
  v.check((name) => name !== "" && !name.includes("="), 'a name without "="'),
);
// valibot's record leaves these three names out without a word; a variable that does not arrive is worse than an error.
const LOST_NAMES = ["__proto__", "constructor", "prototype"];
const env: v.GenericSchema<Record<string, string>> = v.pipe(
  v.custom<Record<string, string>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      !LOST_NAMES.some((name) => Object.hasOwn(value, name)),
    `an object of texts, with no name of ${LOST_NAMES.join(", ")}`,
  ),
  v.record(envName, text),
);

export const FileEntrySchema: v.GenericSchema<unknown, FileEntry> = v.variant("kind", [
  v.strictObject({ kind: v.literal("read-only"), source: nonEmpty, path: inside }),
  v.strictObject({
    kind: v.literal("read-write"),
    source: nonEmpty,
    path: inside,
    noexec: v.exactOptional(v.boolean()),
  }),
  v.strictObject({
    kind: v.literal("overlay"),
    source: nonEmpty,
    path: inside,
    sizeBytes: v.exactOptional(sizeBytes),
  }),
  v.strictObject({
    kind: v.literal("tmpfs"),
    path: inside,
    sizeBytes: v.exactOptional(sizeBytes),
    inodes: v.exactOptional(wholeNumber("files", 2, MOST_INODES)),
    noexec: v.exactOptional(v.boolean()),
  }),
  v.strictObject({ kind: v.literal("symlink"), path: inside, target: nonEmpty }),
  v.strictObject({
    kind: v.literal("content"),
    path: inside,
    content: v.pipe(
      v.string(),
      v.check((value) => value.isWellFormed(), "well-formed Unicode text"),
    ),
    mode: v.exactOptional(
      v.pipe(
        v.number(contentMode),
        v.integer(contentMode),
        v.minValue(0, contentMode),
        v.maxValue(0o777, contentMode),
        v.check((mode) => (mode & READ_BY_ALL) === READ_BY_ALL, contentMode),
      ),
    ),
  }),
]);

const canBeMissing = `a control that can be missing; without ${INDISPENSABLE_CONTROLS.join(", ")} there is nothing to hold a job in`;

const PARTS = {
  root: v.nullable(nonEmpty),
  files: v.array(FileEntrySchema),
  network: v.picklist(["none", "host"]),
  tcp: v.nullable(v.strictObject({ connect: ports, bind: ports })),
  unixSockets: v.picklist(["all", "pairs"]),
  terminal: v.boolean(),
  syscalls: SyscallsSchema,
  ids: v.picklist(["one", "range"]),
  supervise: v.nullable(SuperviseSchema),
  env,
  cwd: inside,
  hostname,
  bestEffort: v.array(
    v.pipe(
      v.picklist(CONTROL_NAMES),
      v.check((name) => !INDISPENSABLE_CONTROLS.includes(name), canBeMissing),
    ),
  ),
  backend: v.picklist(["auto", "linux-clone", "posix-fork"]),
};

/** What a caller gives: any of the parts. What the host decides may hold functions. */
export interface PolicyParts extends Partial<Omit<Policy, "supervise">> {
  /** See SuperviseInput: services to connect to, and handlers of system calls. null: nothing. */
  readonly supervise?: SuperviseInput | null;
}

const OPTIONAL = {
  root: v.exactOptional(PARTS.root),
  files: v.exactOptional(PARTS.files),
  network: v.exactOptional(PARTS.network),
  tcp: v.exactOptional(PARTS.tcp),
  unixSockets: v.exactOptional(PARTS.unixSockets),
  terminal: v.exactOptional(PARTS.terminal),
  syscalls: v.exactOptional(PARTS.syscalls),
  ids: v.exactOptional(PARTS.ids),
  env: v.exactOptional(PARTS.env),
  cwd: v.exactOptional(PARTS.cwd),
  hostname: v.exactOptional(PARTS.hostname),
  bestEffort: v.exactOptional(PARTS.bestEffort),
  backend: v.exactOptional(PARTS.backend),
};

export const PolicySchema: v.GenericSchema<unknown, PolicyParts> = v.strictObject({
  ...OPTIONAL,
  supervise: v.exactOptional(v.nullable(SuperviseInputSchema)),
});

/** What a file gives: as above, without code. */
export const POLICY_PARTS_OF_FILE: v.ObjectEntries = {
  ...OPTIONAL,
  supervise: v.exactOptional(v.nullable(v.strictObject(SUPERVISE_PARTS))),
};

/** What travels between processes: the whole policy. */
export const CompletePolicySchema: v.GenericSchema<unknown, Policy> = v.strictObject(PARTS);

/**
 * Fills in what the caller left out. `env` is merged over the defaults, everything else replaces them.
 * @throws TypeError or RangeError that names the option
 */
export function parsePolicy(given: unknown = {}): Policy {
  refuseProfile(given);
  const { supervise = null, ...policy } = parseOptions("policy", PolicySchema, given);
  return {
    ...DEFAULT_POLICY,
    ...policy,
    supervise: supervise === null ? null : superviseOf(supervise),
    env: { ...DEFAULT_POLICY.env, ...policy.env },
  };
}

/** What is wrong inside of a profile: a choice between it and a name could only say that it is neither. */
function refuseProfile(given: unknown): void {
  if (typeof given !== "object" || given === null || !("syscalls" in given)) return;
  const { syscalls } = given;
  if (typeof syscalls !== "object" || syscalls === null) return;
  // Some other JSON file has nothing of a profile; one with a slip in this name has a nearer complaint.
  const near = Object.keys(syscalls).some((key) => key === "defaultAction" || suggest(key, ["defaultAction"]) !== "");
  if (!near && !Array.isArray(syscalls))
    throw new TypeError('Cannot use policy.syscalls: no profile in Docker\'s format: "defaultAction" is missing');
  parseOptions("policy.syscalls", syscallProfileSchema(), syscalls);
}
