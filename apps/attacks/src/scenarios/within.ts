// What a bare process is started by, so that an attack succeeds and the machine stays as it is.

/** Rights in namespaces of its own: mounts, names and clocks change there and nowhere else. */
export const IN_NAMESPACES: readonly string[] = [
  "unshare",
  "--user",
  "--map-root-user",
  "--mount",
  "--uts",
  "--time",
  "--",
];

/** A user that has no rights of its own. Root alone can become it. */
export const AS_NOBODY: readonly string[] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

/** A shell that does this first, and then becomes the program. */
export function after(script: string): readonly string[] {
  return ["/bin/sh", "-c", `${script}; exec "$@"`, "sh"];
}
