// What execve takes beside argv: the paths that a command's name may mean, and an environment as texts.

/** Paths that execve tries for a program's name, as execvp(3) does. */
export function executablePaths(name: string, path: string | undefined): string[] {
  if (name.includes("/")) return [name];
  return (path ?? "").split(":").map((folder) => (folder === "" ? `./${name}` : `${folder}/${name}`));
}

/** Each as "NAME=value". */
export function environmentList(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
