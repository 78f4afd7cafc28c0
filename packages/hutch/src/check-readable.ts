// What the job's user may not read is refused before anything runs: inside, it would look like a file that is not there.
// Real root starts jobs as a user that owns nothing, so only what others may do counts. Everybody else's jobs have their own id.
import { fileKind, filePermissions, isSyscallError, O, open } from "@hutch/syscall";
import { isRealRoot } from "./real-root.ts";

const OTHERS_READ = 0o4;
const OTHERS_ENTER = 0o1;

/**
 * @param option what the caller calls it, for the message: `module`, `policy.files[0].source`
 * @throws TypeError that names the path and says what to do
 */
export function checkReadable(option: string, path: string): void {
  const kind = fileKind(path, true);
  if (kind === "folder" && !mayEnter(path))
    throw new TypeError(
      `Cannot use ${option} = "${path}": the job's user may not enter it; show a copy of it, or chmod o+rx it if everybody on this machine may see it`,
    );
  if (kind === "file" && !mayRead(path))
    throw new TypeError(
      `Cannot use ${option} = "${path}": the job's user may not read it; show a copy of it in a folder of its own, or chmod o+r it if everybody on this machine may read it`,
    );
}

/** As checkReadable(), for what a job finds where it is on the host: with every folder above it. */
export function checkReachable(option: string, path: string): void {
  const names = path.split("/").slice(1, -1);
  for (let count = 0; count <= names.length; count += 1) checkReadable(option, `/${names.slice(0, count).join("/")}`);
  checkReadable(option, path);
}

function mayEnter(folder: string): boolean {
  return isRealRoot() ? allows(folder, OTHERS_ENTER) : opens(`${folder}/.`, O.PATH);
}

function mayRead(file: string): boolean {
  return isRealRoot() ? allows(file, OTHERS_READ) : opens(file, O.RDONLY);
}

function allows(path: string, right: number): boolean {
  return ((filePermissions(path) ?? 0) & right) !== 0;
}

function opens(path: string, flags: number): boolean {
  try {
    open(path, flags | O.CLOEXEC).close();
    return true;
  } catch (error) {
    if (isSyscallError(error)) return false;
    throw error;
  }
}
