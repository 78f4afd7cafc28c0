// Looks at the host's file tree for a plan: which system folders are links, and what a policy's sources are.
import type { Policy } from "@hutch/core";
import {
  descriptorKind,
  type FileKind,
  fileIdentity,
  fileKind,
  isSyscallError,
  O,
  open,
  readFolder,
  readLink,
  realPath,
} from "@hutch/syscall";
import type { HostLayout, SourceFacts, SystemEntry } from "./host-layout.ts";
import { readLandlock } from "./read-landlock.ts";

/** Programs and libraries. */
const SYSTEM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** Without these programs start slower, or not at all: the loader's cache, what links in /usr/bin point at, the time zone. */
const SYSTEM_FILES = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"];
/** Who has the host's network also needs its names and certificates. */
const NETWORK_FILES = ["/etc/resolv.conf", "/etc/ssl", "/etc/ca-certificates", "/etc/pki"];

let system: readonly SystemEntry[] | undefined;

export function readHostLayout(policy: Policy): HostLayout {
  if (policy.root === null) system ??= entriesOf("", [...SYSTEM_FOLDERS, ...SYSTEM_FILES]);
  const sources = new Map<string, SourceFacts>();
  for (const entry of policy.files) {
    if (!("source" in entry)) continue;
    const facts = sourceFacts(entry.source);
    if (facts !== null) sources.set(entry.source, facts);
  }
  const shown = policy.root === null ? (system ?? []) : rootEntries(policy.root);
  const network = policy.root === null && policy.network === "host" ? networkEntries() : [];
  return { system: [...shown, ...network], sources, landlock: readLandlock() };
}

/** For a plan that builds no root: its launcher already sees the policy's files where the job will. */
export function readOwnLayout(policy: Policy): HostLayout {
  const sources = new Map<string, SourceFacts>();
  for (const entry of policy.files) {
    if (entry.kind !== "read-write" && entry.kind !== "read-only") continue;
    const facts = sourceFacts(entry.path);
    if (facts !== null) sources.set(entry.source, facts);
  }
  return { system: [], sources, landlock: readLandlock() };
}

/** What the sandbox has of its own, or has not at all. */
const NOT_OF_A_ROOT: ReadonlySet<string> = new Set(["dev", "proc", "sys", "tmp", "run"]);

/** @throws SyscallError for a root that is none */
function rootEntries(root: string): SystemEntry[] {
  const folder = realPath(root);
  const names = readFolder(folder).map(({ name }) => name);
  return entriesOf(
    folder,
    names.filter((name) => !NOT_OF_A_ROOT.has(name)).map((name) => `/${name}`),
  );
}

function entriesOf(root: string, paths: readonly string[]): SystemEntry[] {
  return paths.flatMap((path): SystemEntry[] => {
    const source = `${root}${path}`;
    const kind = fileKind(source, false);
    if (kind === null) return [];
    return [kind === "symlink" ? { kind, path, target: readLink(source) } : { kind: folderOrFile(kind), path, source }];
  });
}

/** A link such as /etc/resolv.conf leads out of what the sandbox shows, so the file that it means is shown in its place. */
function networkEntries(): SystemEntry[] {
  return NETWORK_FILES.flatMap((path): SystemEntry[] => {
    const kind = fileKind(path, true);
    return kind === null ? [] : [{ kind: folderOrFile(kind), path, source: path }];
  });
}

function sourceFacts(source: string): SourceFacts | null {
  try {
    using file = open(source, O.PATH | O.CLOEXEC);
    const kind = descriptorKind(file.fd);
    if (kind === null) return null;
    const path = readLink(`/proc/self/fd/${file.fd}`);
    const identity = fileIdentity(file.fd);
    return { path, kind: folderOrFile(kind), identity, ...(kind === "socket" && { socket: true }) };
  } catch (error) {
    // What is not there or not ours to see fails when it is opened, with the name of the step and its path.
    if (isSyscallError(error)) return null;
    throw error;
  }
}

/** What is no folder is bound as a file. */
function folderOrFile(kind: FileKind): "folder" | "file" {
  return kind === "folder" ? "folder" : "file";
}
