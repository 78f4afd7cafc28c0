// Where this process stands in the machine's cgroup trees. Pure: text of /proc/self/cgroup and /proc/self/mountinfo in.

/** One mounted cgroup tree and our own folder in it. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Of version 1: which controllers it has. Of version 2: a file says so. */
  readonly controllers: readonly string[];
  readonly folder: string;
}

export function findHierarchies(membership: string, mounts: string): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of mounts.split("\n")) {
    const mount = parseMount(line);
    if (mount === null) continue;
    const own = ownPath(membership, mount);
    if (own === null) continue;
    const inside = below(own, mount.root);
    if (inside === null) continue;
    found.push({ version: mount.version, controllers: mount.controllers, folder: `${mount.target}${inside}` });
  }
  return found;
}

interface CgroupMount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly target: string;
  readonly controllers: readonly string[];
}

/** `36 35 98:0 /root /target options… - type source super-options` (proc_pid_mountinfo(5)). */
function parseMount(line: string): CgroupMount | null {
  const [before, after] = line.split(" - ");
  const [, , , root, target] = before?.split(" ") ?? [];
  const [type, , options] = after?.split(" ") ?? [];
  if (root === undefined || target === undefined) return null;
  if (type === "cgroup2") return { version: 2, root: decodeOctal(root), target: decodeOctal(target), controllers: [] };
  if (type !== "cgroup") return null;
  return { version: 1, root: decodeOctal(root), target: decodeOctal(target), controllers: options?.split(",") ?? [] };
}

/** The line of our tree: `0::/path` for version 2, `4:memory:/path` for version 1. */
function ownPath(membership: string, mount: CgroupMount): string | null {
  for (const line of membership.split("\n")) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    const [names, path] = [match?.[1], match?.[2]];
    if (names === undefined || path === undefined) continue;
    if (
      mount.version === 2
        ? names === ""
        : names !== "" && names.split(",").every((name) => mount.controllers.includes(name))
    )
      return path;
  }
  return null;
}

/** A container mounts a part of the tree only; null when our own folder is not in that part. */
function below(path: string, root: string): string | null {
  if (root === "/") return path === "/" ? "" : path;
  if (path === root) return "";
  return path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}

/** mountinfo writes blanks and the like as octal numbers. */
function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
