// Why a file could not be read or written, in words; one table for every message.
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
  EDQUOT: "no space is left for this user",
  ENXIO: "nobody reads from that pipe",
};

export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return REASONS[code ?? ""] ?? code ?? (error instanceof Error ? error.message : String(error));
}
