// What a job may see and use: files, network, environment. Plain data; backends turn it into a launch plan.
import * as v from "valibot";
import { CONTROL_NAMES, type ControlName } from "./controls.ts";
import { parseOptions } from "./options.ts";

/**
 * One thing in the job's file tree. `path` is where the job sees it. Later entries lie over earlier ones and over the system's;
 * a `symlink` or `content` also replaces a file or link, but never a folder, and is never made in a folder of the host.
 */
export type FileEntry =
  | { readonly kind: "read-only"; readonly source: string; readonly path: string }
  | { readonly kind: "read-write"; readonly source: string; readonly path: string }
  | { readonly kind: "tmpfs"; readonly path: string; readonly sizeBytes?: number }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string }
  /** Everybody reads it and nobody writes it; `mode` 0o755 makes it a program. 0o444 unless given. */
  | { readonly kind: "content"; readonly path: string; readonly content: string; readonly mode?: number };

export type Network = "none" | "host";
export type BackendName = "linux-clone" | "posix-fork";
export type BackendChoice = "auto" | BackendName;

export interface Policy {
  /** Over the system folders, which are read-only: /usr, /bin, /sbin, /lib*, and a few files of /etc. */
  readonly files: readonly FileEntry[];
  /** `none`: a network namespace of its own with nothing but loopback. `host`: the host's network. */
  readonly network: Network;
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

export const DEFAULT_POLICY: Policy = {
  files: [],
  network: "none",
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
const tmpfsSize = "a whole number of bytes from 4096";

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
  v.strictObject({ kind: v.literal("read-write"), source: nonEmpty, path: inside }),
  v.strictObject({
    kind: v.literal("tmpfs"),
    path: inside,
    sizeBytes: v.exactOptional(
      v.pipe(
        v.number(tmpfsSize),
        v.integer(tmpfsSize),
        v.minValue(4096, tmpfsSize),
        v.maxValue(TiB, `at most ${TiB} bytes`),
      ),
    ),
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

const PARTS = {
  files: v.array(FileEntrySchema),
  network: v.picklist(["none", "host"]),
  env,
  cwd: inside,
  hostname,
  bestEffort: v.array(v.picklist(CONTROL_NAMES)),
  backend: v.picklist(["auto", "linux-clone", "posix-fork"]),
};

/** What a caller gives: any of the parts. */
export const PolicySchema: v.GenericSchema<unknown, Partial<Policy>> = v.strictObject({
  files: v.exactOptional(PARTS.files),
  network: v.exactOptional(PARTS.network),
  env: v.exactOptional(PARTS.env),
  cwd: v.exactOptional(PARTS.cwd),
  hostname: v.exactOptional(PARTS.hostname),
  bestEffort: v.exactOptional(PARTS.bestEffort),
  backend: v.exactOptional(PARTS.backend),
});

/** What travels between processes: the whole policy. */
export const CompletePolicySchema: v.GenericSchema<unknown, Policy> = v.strictObject(PARTS);

/**
 * Fills in what the caller left out. `env` is merged over the defaults, everything else replaces them.
 * @throws TypeError or RangeError that names the option
 */
export function parsePolicy(given: unknown = {}): Policy {
  const policy = parseOptions("policy", PolicySchema, given);
  return { ...DEFAULT_POLICY, ...policy, env: { ...DEFAULT_POLICY.env, ...policy.env } };
}
