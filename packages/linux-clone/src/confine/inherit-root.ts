// The file tree of a job whose launcher already lives in the policy's root: the same files, and fresh what jobs may write.
import type { FileEntry, Step } from "@hutch/core";
import { isUnprivileged, type PlanContext } from "../plan-context.ts";
import { ofPolicy } from "../step.ts";
import { planPrivateMounts } from "./build-root.ts";
import { Folders } from "./folders.ts";
import { proc, tmpfs } from "./mounts.ts";
import { normalPath } from "./places.ts";
import { planPolicyTmpfs } from "./policy-files.ts";

export function planInheritRoot(context: PlanContext): Step[] {
  const { files } = context.request.policy;
  const fresh = files.filter((entry) => entry.kind === "tmpfs");
  const folders = new Folders();
  return [
    // A new user namespace has cut the mounts off from the launcher's already.
    ...(isUnprivileged(context) ? [] : [planPrivateMounts()]),
    proc("/proc"),
    tmpfs(
      "mount tmp",
      "/tmp",
      { late: "tmpfs" },
      "scratch space of the job's own: nothing of another job is left in it",
    ),
    tmpfs("mount tmp", "/dev/shm", { late: "tmpfs" }, "shared memory of the job's own"),
    ...ofPolicy(fresh.flatMap((entry) => planPolicyTmpfs(entry, folders))),
  ];
}

/** @throws TypeError for a file that no job of a pool would see: it lies in a folder that every job gets anew */
export function refuseHidden(files: readonly FileEntry[]): void {
  const own = files.filter((entry) => entry.kind === "tmpfs").map((entry) => normalPath(entry.path));
  const fresh = ["/tmp", "/dev/shm", ...own];
  for (const entry of files) {
    const path = normalPath(entry.path);
    const over = fresh.find((folder) => path.startsWith(`${folder}/`));
    if (over === undefined || entry.kind === "tmpfs") continue;
    throw new TypeError(
      `Cannot show "${path}" to the jobs of a pool: every job has a "${over}" of its own; choose a path outside of it`,
    );
  }
}
