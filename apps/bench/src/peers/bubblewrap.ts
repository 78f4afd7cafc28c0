// bubblewrap with the root, the namespaces and the capabilities that a job of ours has (no seccomp on either side).
import { lstatSync, readlinkSync } from "node:fs";
import type { Absent } from "../contender.ts";

export const BUBBLEWRAP = "bwrap --unshare-all";

/** The command line in front of the program's own; what is missing otherwise. */
export function bubblewrap(): readonly string[] | Absent {
  const path = Bun.which("bwrap");
  if (path === null)
    return { name: BUBBLEWRAP, why: "bwrap is not in PATH; Debian and Ubuntu: apt-get install bubblewrap" };
  const system = ["/bin", "/sbin", "/lib", "/lib64"].flatMap(systemFolder);
  return [
    path,
    ...["--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox"],
    ...[
      "--ro-bind",
      "/usr",
      "/usr",
      ...system,
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      "--tmpfs",
      "/tmp",
      "--chdir",
      "/tmp",
    ],
    ...["--cap-drop", "ALL", "--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin"],
  ];
}

/** As on the host: a link stays one. */
function systemFolder(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
}
