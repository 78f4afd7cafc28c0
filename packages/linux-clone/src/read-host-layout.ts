// Looks at the host's file tree for a plan: which system folders are links, and what a policy's sources are.
import type { Policy } from "@hutch/core";
import { type FileKind, fileKind, isSyscallError, readLink, realPath } from "@hutch/syscall";
import type { HostLayout, SourceFacts, SystemEntry } from "./host-layout.ts";

/** Programs and libraries. */
const SYSTEM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** Without these programs start slower, or not at all: the loader's cache, what links in /usr/bin point at, the time zone. */
const SYSTEM_FILES = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"];
/** Who has the host's network also needs its names and certificates. */
const NETWORK_FILES = ["/etc/resolv.conf", "/etc/ssl", "/etc/ca-certificates", "/etc/pki"];

let system: readonly SystemEntry[] | undefined;

export function readHostLayout(policy: Policy): HostLayout {
  system ??= entriesOf([...SYSTEM_FOLDERS, ...SYSTEM_FILES]);
  const sources = new Map<string, SourceFacts>();
  for (const entry of policy.files) {
    if (entry.kind !== "read-only" && entry.kind !== "read-write") continue;
    const facts = sourceFacts(entry.source);
    if (facts !== null) sources.set(entry.source, facts);
  }
  return { system: policy.network === "host" ? [...system, ...networkEntries()] : system, sources };
}

function entriesOf(paths: readonly string[]): SystemEntry[] {
  return paths.flatMap((path): SystemEntry[] => {
    const kind = fileKind(path, false);
    if (kind === null) return [];
    return [kind === "symlink" ? { kind, path, target: readLink(path) } : { kind: folderOrFile(kind), path }];
  });
}

/** A link such as /etc/resolv.conf leads out of what the sandbox shows, so the file that it means is shown in its place. */
function networkEntries(): SystemEntry[] {
  return NETWORK_FILES.flatMap((path): SystemEntry[] => {
    const kind = fileKind(path, true);
    return kind === null ? [] : [{ kind: folderOrFile(kind), path }];
  });
}

function sourceFacts(source: string): SourceFacts | null {
  try {
    const path = realPath(source);
    const kind = fileKind(path, true);
    return kind === null ? null : { path, kind: folderOrFile(kind) };
  } catch (error) {
    // What is not there or not ours to see fails when it is bound, with the name of the step and its path.
    if (isSyscallError(error)) return null;
    throw error;
  }
}

/** What is no folder is bound as a file. */
function folderOrFile(kind: FileKind): "folder" | "file" {
  return kind === "folder" ? "folder" : "file";
}
