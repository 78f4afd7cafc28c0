// util-linux unshare: the same namespaces and a fresh /proc, but the host's files, and full capabilities inside.
import type { Absent } from "../contender.ts";

export const UNSHARE = "unshare, all namespaces";

/** The command line in front of the program's own; what is missing otherwise. */
export function unshare(): readonly string[] | Absent {
  const path = Bun.which("unshare");
  if (path === null) return { name: UNSHARE, why: "unshare is not in PATH; it is part of util-linux" };
  return [
    path,
    "--user",
    "--map-root-user",
    "--mount",
    "--pid",
    "--fork",
    "--ipc",
    "--uts",
    "--net",
    "--cgroup",
    "--mount-proc",
  ];
}
