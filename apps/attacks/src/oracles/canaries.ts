// O1: the host is as it was. Files, folders, settings, names and the clock are read before and after.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Stage } from "../stage.ts";

const SETTINGS = [
  "kernel/core_pattern",
  "kernel/modprobe",
  "kernel/hostname",
  "kernel/domainname",
  "kernel/randomize_va_space",
  "kernel/sysrq",
  "kernel/pid_max",
  "kernel/threads-max",
  "kernel/shmmax",
  "vm/overcommit_memory",
  "vm/swappiness",
  "vm/max_map_count",
  "fs/file-max",
  "fs/protected_symlinks",
  "fs/suid_dumpable",
  "net/ipv4/ip_forward",
  "user/max_user_namespaces",
];
/** A clock that somebody set differs by more; one that is being corrected does not. */
const CLOCK_MS = 5000;

export type Canaries = Readonly<Record<string, string>>;

export function readCanaries(stage: Stage): Canaries {
  const settings = SETTINGS.map((name) => [`/proc/sys/${name}`, textOf(`/proc/sys/${name}`)] as const);
  return {
    ...Object.fromEntries(settings),
    "the secret file": textOf(join(stage.folder, "secret")),
    "the shown folder": listing(join(stage.folder, "shown")),
    "the programs": listing(join(stage.folder, "programs")),
    "the stage": listing(stage.folder, 1),
    "/etc": listing("/etc", 1),
    "the host name": hostname(),
    "the clock": `${Math.round((Date.now() - performance.now() - performance.timeOrigin) / CLOCK_MS)}`,
  };
}

export function changedCanaries(before: Canaries, after: Canaries): readonly string[] {
  return Object.keys(before)
    .filter((name) => before[name] !== after[name])
    .map((name) => `O1: ${name} changed: ${difference(before[name] ?? "", after[name] ?? "")}`);
}

/** Of many lines those that only one of both has. */
function difference(before: string, after: string): string {
  const [was, is] = [before.split("\n"), after.split("\n")];
  const gone = was.filter((line) => !is.includes(line));
  return `${gone.join(", ")} → ${is.filter((line) => !was.includes(line)).join(", ")}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

/** Every entry with its kind, size and time of change; folders that others may write have times of their own. */
function listing(folder: string, depth = 9): string {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, size, mtimeMs, uid } = lstatSync(path);
      const below = (mode & 0o170000) === 0o040000;
      const inner = below && depth > 1 ? `{${listing(path, depth - 1)}}` : "";
      return `${name} ${mode} ${uid}${below ? "" : ` ${size} ${mtimeMs}`}${inner}`;
    })
    .join("\n");
}
