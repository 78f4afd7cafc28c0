// Watches of files (inotify, fanotify) count against a quota of the user that the job is outside, which the user's other programs
// live by as well. A user namespace can have limits of its own below it, so that no job takes all of the quota.
import type { Step } from "@hutch/core";
import { AT_FDCWD, isSyscallError, O, readText } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { EBADF, ENOENT, SCRATCH_SLOT, step, text } from "../step.ts";

/** Length of the late values: a number after blanks. */
const WATCH_QUOTA_BYTES = 12;
/** Of what the machine gives each user one job has at most such a part. */
const PARTS_OF_QUOTA = 4;

/**
 * By the name below /proc/sys/user: where the machine says how many a user has, and the least that its kernel begins with.
 * fanotify SINCE: Linux 5.13 for who is not root.
 */
const QUOTAS: Readonly<Record<string, { readonly path: string; readonly least: number }>> = {
  max_inotify_instances: { path: "/proc/sys/fs/inotify/max_user_instances", least: 128 },
  max_inotify_watches: { path: "/proc/sys/fs/inotify/max_user_watches", least: 8192 },
  max_fanotify_groups: { path: "/proc/sys/fs/fanotify/max_user_groups", least: 128 },
  max_fanotify_marks: { path: "/proc/sys/fs/fanotify/max_user_marks", least: 8192 },
};

/** ORDER: in the new /proc, and while the namespace's first process has its rights: the limits are the namespace's own. */
export function planWatchQuotas(context: PlanContext): Step[] {
  if (!works(context, "user-namespace") || !works(context, "private-root")) return [];
  // A worker's jobs are in its namespace, too, each with limits of its own.
  if (context.request.launchesJobs === true) return [];
  const name = "set resource limit";
  const why = "of what its user may watch other programs want their share";
  return quotasOf(context).flatMap((quota) => {
    const path = `/proc/sys/user/${quota}`;
    const extra = { detail: path };
    const opened = { ...extra, save: SCRATCH_SLOT, allow: ENOENT };
    const fd = { slot: SCRATCH_SLOT };
    // A kernel may be built without: then there is nothing to use up, and nothing was opened.
    return [
      step(name, "openat", [AT_FDCWD, text(path), O.WRONLY | O.CLOEXEC, 0], why, opened),
      step(name, "write", [fd, { late: quota }, WATCH_QUOTA_BYTES], why, { ...extra, allow: EBADF }),
      step(name, "close", [fd], why, { ...extra, allow: EBADF }),
    ];
  });
}

/** The shipped profiles refuse fanotify. */
function quotasOf({ request }: PlanContext): readonly string[] {
  const names = Object.keys(QUOTAS);
  return request.policy.syscalls === "default" ? names.filter((name) => name.includes("inotify")) : names;
}

let known: Readonly<Record<string, string>> | undefined;

/** The late values, which are the same for the whole life of a process. */
export function watchQuotas(): Readonly<Record<string, string>> {
  known ??= Object.fromEntries(
    Object.entries(QUOTAS).map(([name, quota]) => [
      name,
      String(Math.max(1, Math.floor(limitOf(quota) / PARTS_OF_QUOTA))).padStart(WATCH_QUOTA_BYTES),
    ]),
  );
  return known;
}

/** Not to be read where /proc/sys is hidden, as in containers. */
function limitOf({ path, least }: (typeof QUOTAS)[string]): number {
  try {
    return Number(readText(path));
  } catch (error) {
    if (isSyscallError(error, "ENOENT", "EACCES")) return least;
    throw error;
  }
}
