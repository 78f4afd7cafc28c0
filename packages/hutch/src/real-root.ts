// Whether this process is root of the machine itself. Its jobs then run as another user.
import { geteuid, readText } from "@hutch/syscall";

let known: boolean | undefined;

/** Root inside a user namespace has no foreign ids to drop to. */
export function isRealRoot(): boolean {
  known ??= geteuid() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readText("/proc/self/uid_map"));
  return known;
}
