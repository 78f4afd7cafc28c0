// What can be known to be wrong with a policy before anything runs. What only the kernel knows fails as a step of the policy.
import type { ControlName, Policy } from "@hutch/core";
import { realPath } from "@hutch/syscall";
import { planTree } from "./confine/build-root.ts";
import { Folders } from "./confine/folders.ts";
import { refuseHidden } from "./confine/inherit-root.ts";
import { normalPath } from "./confine/places.ts";
import { readHostLayout } from "./read-host-layout.ts";
import { chooseFilter } from "./seccomp/choose-filter.ts";
import { checkHandled } from "./seccomp/supervised-calls.ts";

/**
 * @param use `pool`: every job gets /tmp, /dev/shm and each tmpfs anew
 * @throws TypeError that names the entry or `policy.cwd` and says what to do
 */
export function checkPolicy(policy: Policy, use: "command" | "pool"): void {
  refuseUnsupervised(policy);
  refuseUnfiltered(policy);
  // What is wrong with a profile of the caller's shows when a filter is made of it.
  chooseFilter(policy, "command");
  if (policy.files.length === 0 && policy.cwd === "/tmp" && policy.root === null) return;
  if (use === "pool") refuseHidden(policy.files);
  refuseHostRoot(policy.root);
  const folders = new Folders();
  planTree(policy, readHostLayout(policy), folders, { giveTo: null, launchesJobs: use === "pool" });
  refuseCwd(policy.cwd, folders);
}

function refuseHostRoot(root: string | null): void {
  if (root === null || realPath(root) !== "/") return;
  throw new TypeError(
    `Cannot use policy.root = "${root}": that is the host's own root; name a folder with a root file system of its own, or leave root out`,
  );
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
    `Cannot use policy.cwd = "${cwd}": there is no such folder in the sandbox; let the policy show one there, or name one that is`,
  );
}

/** What a supervised job may not do without: where one of these is missing, a socket of the host would be more than a connection. */
const HELD: readonly ControlName[] = ["net-namespace", "no-new-privileges", "seccomp", "landlock"];

function refuseUnsupervised(policy: Policy): void {
  const { supervise, network, syscalls, tcp, ids, bestEffort } = policy;
  if (supervise === null) return;
  const refused = (why: string): never => {
    throw new TypeError(`Cannot use policy.supervise: ${why}`);
  };
  checkHandled(supervise);
  if (network !== "none") refused('a job with the network of the host connects by itself; use network "none"');
  if (syscalls !== "default") refused("it has a profile of its own; leave syscalls out");
  if (tcp !== null) refused("it names all that the job may connect to; leave tcp out");
  if (ids !== "one") refused("init reads what a call points to, and may not of other users of the job; leave ids out");
  const without = HELD.find((name) => bestEffort.includes(name));
  if (without !== undefined) refused(`it needs ${without}; leave that out of bestEffort`);
}

/** Nothing else than the filter holds a job to pairs. */
function refuseUnfiltered({ unixSockets, syscalls }: Policy): void {
  if (unixSockets === "all" || syscalls !== "off") return;
  throw new TypeError(
    `Cannot use policy.unixSockets = "${unixSockets}" with syscalls "off": the filter of system calls holds it; leave one of them out`,
  );
}
