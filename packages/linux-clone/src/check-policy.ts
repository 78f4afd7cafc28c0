// What can be known to be wrong with a policy before anything runs. What only the kernel knows fails as a step of the policy.
import type { Policy } from "@hutch/core";
import { planTree } from "./confine/build-root.ts";
import { Folders } from "./confine/folders.ts";
import { refuseHidden } from "./confine/inherit-root.ts";
import { normalPath } from "./confine/places.ts";
import { readHostLayout } from "./read-host-layout.ts";
import { chooseFilter } from "./seccomp/choose-filter.ts";

/**
 * @param use `pool`: every job gets /tmp, /dev/shm and each tmpfs anew
 * @throws TypeError that names the entry or `policy.cwd` and says what to do
 */
export function checkPolicy(policy: Policy, use: "command" | "pool"): void {
  // What is wrong with a profile of the caller's shows when a filter is made of it.
  chooseFilter(policy.syscalls, "command");
  if (policy.files.length === 0 && policy.cwd === "/tmp" && policy.root === null) return;
  if (use === "pool") refuseHidden(policy.files);
  const folders = new Folders();
  planTree(policy, readHostLayout(policy), folders, { giveTo: null, launchesJobs: use === "pool" });
  refuseCwd(policy.cwd, folders);
}

function refuseCwd(cwd: string, folders: Folders): void {
  const path = folders.places.resolve(normalPath(cwd), true);
  const here = folders.places.get(path);
  if (here?.kind === "file") throw new TypeError(`Cannot use policy.cwd = "${cwd}": it is a file; name a folder`);
  if (here !== undefined || folders.has(path)) return;
  const { place } = folders.places.holder(path);
  // In a folder of the host or in /proc there may be anything.
  if (place.kind === "shown" || place.kind === "proc") return;
  throw new TypeError(
    `Cannot use policy.cwd = "${cwd}": there is no such folder in the sandbox; add it to policy.files, or name one that is there`,
  );
}
