// What the options of run, exec and explain mean: limits and a policy for hutch.
import {
  CONTROL_NAMES,
  type ControlName,
  type FileEntry,
  type Limits,
  loadPolicy,
  type Policy,
  type PolicyInput,
  type PolicyLayer,
  PRESET_NAMES,
  parseLimits,
} from "hutch";
import { formatSize, formatTime, parseCount, parseSize, parseTime } from "./amounts.ts";
import type { Flags } from "./parse-flags.ts";
import { listOf, suggest } from "./suggestion.ts";
import { syscallsOf } from "./syscalls-flag.ts";
import { UsageError } from "./usage-error.ts";

const NETWORKS = ["none", "host"] as const;
const IDS = ["one", "range"] as const;
const UNIX_SOCKETS = ["all", "pairs"] as const;
const BACKENDS = ["auto", "linux-clone", "posix-fork"] as const;
/** Least size of a tmpfs: one page. */
const PAGE_BYTES = 4096;

interface LimitFlag {
  readonly key: keyof Limits;
  readonly parse: (typed: string, given: string) => number;
  readonly format: (amount: number) => string;
}

const LIMIT_FLAGS: Readonly<Record<string, LimitFlag>> = {
  cpu: { key: "cpuMs", parse: parseTime, format: formatTime },
  wall: { key: "wallMs", parse: parseTime, format: formatTime },
  memory: { key: "memoryBytes", parse: parseSize, format: formatSize },
  pids: { key: "processes", parse: parseCount, format: String },
  output: { key: "outputBytes", parse: parseSize, format: formatSize },
};

/** @throws UsageError that names the option, what was given and what is accepted */
export function limitsOf(flags: Flags): Partial<Limits> {
  const limits: { -readonly [K in keyof Limits]?: Limits[K] } = {};
  for (const { name, value } of flags.given) {
    const limit = LIMIT_FLAGS[name];
    if (limit === undefined) continue;
    const typed = `--${name} ${value}`;
    const amount = limit.parse(typed, value);
    refuseOutOfRange(typed, limit, amount);
    limits[limit.key] = amount;
  }
  return limits;
}

/** The bounds are hutch's; only the units of the message are ours. */
function refuseOutOfRange(typed: string, { key, format }: LimitFlag, amount: number): void {
  try {
    parseLimits({ [key]: amount });
  } catch (error) {
    const bound = error instanceof RangeError ? (error.cause as { type?: unknown; requirement?: unknown }) : undefined;
    if (typeof bound?.requirement !== "number") throw error;
    throw new UsageError(
      `${typed}: expected at ${bound.type === "min_value" ? "least" : "most"} ${format(bound.requirement)}`,
    );
  }
}

/** @param cwd what relative paths of this machine are relative to @throws UsageError */
export function policyOf(flags: Flags, cwd: string): PolicyLayer {
  const files: FileEntry[] = [];
  const env: Record<string, string> = {};
  const bestEffort: ControlName[] = [];
  const single: {
    -readonly [K in
      | "cwd"
      | "ids"
      | "network"
      | "backend"
      | "terminal"
      | "root"
      | "syscalls"
      | "unixSockets"]?: Policy[K];
  } = {};
  for (const { name, value } of flags.given) {
    switch (name) {
      case "ro":
        files.push({ kind: "read-only", ...bind("--ro", value, cwd) });
        break;
      case "rw":
        files.push({ kind: "read-write", ...bind("--rw", value, cwd) });
        break;
      case "overlay":
        files.push({ kind: "overlay", ...bind("--overlay", value, cwd) });
        break;
      case "tmpfs":
        files.push({ kind: "tmpfs", ...tmpfs(value) });
        break;
      case "env": {
        const [variable, text] = assignment(value);
        env[variable] = text;
        break;
      }
      case "best-effort":
        bestEffort.push(...value.split(",").map(controlNamed));
        break;
      case "rootfs":
        single.root = existing("--rootfs", value, value, cwd);
        break;
      case "terminal":
        single.terminal = true;
        break;
      case "cwd":
        single.cwd = insidePath("--cwd", value, value);
        break;
      case "ids":
        single.ids = oneOf("--ids", value, IDS);
        break;
      case "net":
        single.network = oneOf("--net", value, NETWORKS);
        break;
      case "unix-sockets":
        single.unixSockets = oneOf("--unix-sockets", value, UNIX_SOCKETS);
        break;
      case "backend":
        single.backend = oneOf("--backend", value, BACKENDS);
        break;
      case "seccomp":
        single.syscalls = syscallsOf(value, cwd);
        break;
    }
  }
  const below = flags.value("policy");
  return {
    ...(below !== undefined && { extends: policyNamed(below) }),
    ...single,
    ...(files.length > 0 && { files }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(bestEffort.length > 0 && { bestEffort }),
  };
}

function oneOf<T extends string>(flag: string, given: string, names: readonly T[]): T {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new UsageError(`${flag} ${given}: expected one of ${names.join(", ")}`);
  return found;
}

function controlNamed(given: string): ControlName {
  const found = CONTROL_NAMES.find((name) => name === given);
  if (found !== undefined) return found;
  const message = `--best-effort ${given}: there is no such control${suggest(given, CONTROL_NAMES)}`;
  throw new UsageError(message, listOf("controls", CONTROL_NAMES));
}

function bind(flag: string, given: string, cwd: string): { readonly source: string; readonly path: string } {
  const [from = "", to, ...more] = given.split(":");
  if (from === "" || to === "" || more.length > 0) {
    throw new UsageError(`${flag} ${given}: expected PATH or PATH:DEST, and no other colon`);
  }
  const source = existing(flag, given, from, cwd);
  return { source, path: to === undefined ? source : insidePath(flag, given, to) };
}

function existing(flag: string, given: string, path: string, cwd: string): string {
  // Loaded here, because most runs bind nothing and would wait longer for these modules than for their job.
  const { resolve } = process.getBuiltinModule("node:path");
  const { statSync } = process.getBuiltinModule("node:fs");
  const source = resolve(cwd, path);
  if (statSync(source, { throwIfNoEntry: false }) === undefined) {
    throw new UsageError(`${flag} ${given}: "${source}" does not exist`);
  }
  return source;
}

/** A file that has the name of a preset is `./strict`. @throws UsageError for what a policy file says wrong */
function policyNamed(given: string): PolicyInput {
  const preset = PRESET_NAMES.find((name) => name === given);
  if (preset !== undefined) return preset;
  try {
    return loadPolicy(given);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const hints = "hints" in error ? (error.hints as readonly string[]) : [];
    throw new UsageError(`--policy ${given}: ${error.message}`, hints);
  }
}

function tmpfs(given: string): { readonly path: string; readonly sizeBytes?: number } {
  const [path = "", size, ...more] = given.split(":");
  if (path === "" || more.length > 0)
    throw new UsageError(`--tmpfs ${given}: expected DEST or DEST:SIZE, and no other colon`);
  const inside = insidePath("--tmpfs", given, path);
  if (size === undefined) return { path: inside };
  const sizeBytes = parseSize(`--tmpfs ${given}`, size);
  if (sizeBytes < PAGE_BYTES) throw new UsageError(`--tmpfs ${given}: expected at least ${formatSize(PAGE_BYTES)}`);
  return { path: inside, sizeBytes };
}

function insidePath(flag: string, given: string, path: string): string {
  if (!path.startsWith("/") || path.split("/").includes("..")) {
    throw new UsageError(`${flag} ${given}: expected an absolute path inside the sandbox, without ".."`);
  }
  return path;
}

function assignment(given: string): readonly [name: string, value: string] {
  const equals = given.indexOf("=");
  if (equals < 1) throw new UsageError(`--env ${given}: expected NAME=VALUE`);
  return [given.slice(0, equals), given.slice(equals + 1)];
}
