// The order of everything between clone and the job's first instruction, and why it is this one. Written down only here.
// Left out on purpose: a parent-death signal. It is bound to the thread that cloned, and dies with a change of ids; instead
// process 1 sees on its status socket that the host is gone, also when that happened before it became init.
import type { PartName } from "./parts.ts";

export interface OrderedPart {
  readonly part: PartName;
  /** Why it stands here and not earlier or later. */
  readonly why: string;
}

export interface Order {
  /** Process 1, before process 2 exists. It shares the launcher's memory and nothing else. */
  readonly outer: readonly OrderedPart[];
  /** Process 2. The last step is execve, or JavaScript goes on in it. */
  readonly inner: readonly OrderedPart[];
  /** Process 1 again, while process 2 may run already. */
  readonly handover: readonly OrderedPart[];
}

export const ORDER: Order = {
  outer: [
    { part: "await-child", why: "before there is a child to lose" },
    { part: "file-mode-mask", why: "before anything is made with a mode" },
    { part: "priority", why: "before anything takes long; process 2 inherits it" },
    { part: "id-map-of-clone", why: "without ids the new user namespace has no owner for files" },
    { part: "keyring", why: "while root is still root: its quota of keys is large" },
    { part: "loopback", why: "while process 1 has rights over the network namespace" },
    { part: "host-name", why: "while process 1 has rights over the UTS namespace" },
    { part: "root", why: "in process 1, so that init sees the new root too and process 2 never saw the old one" },
    { part: "out-of-memory-score", why: "needs the new /proc; set by root it can not be lowered again" },
    { part: "nested-namespaces-of-clone", why: "needs the new /proc, and rights over the user namespace" },
    { part: "watch-quotas-of-clone", why: "needs the same" },
    {
      part: "fatal-calls",
      why: "last before process 2, which inherits the filter; process 1 keeps what it is heard by",
    },
  ],
  inner: [
    { part: "cgroup-membership", why: "first: what was set up is not charged to the job, all that follows is" },
    { part: "cgroup-namespace", why: "the place in the tree at this moment becomes the root of the job's view" },
    { part: "drop-ids", why: "after the last step that needs the machine's root" },
    { part: "user-namespace", why: "made by the dropped ids, so that root is not its owner" },
    { part: "id-map-of-unshare", why: "in the fresh /proc, by the namespace's first process" },
    { part: "nested-namespaces-of-unshare", why: "needs the rights that the new user namespace gave" },
    { part: "watch-quotas-of-unshare", why: "needs the same" },
    { part: "session", why: "at any time before the program" },
    { part: "working-folder", why: "with the job's ids, which must be able to enter it" },
    { part: "capabilities", why: "after everything that needs one" },
    { part: "no-new-privileges", why: "after the capabilities are gone, so that nothing brings them back" },
    {
      part: "park-descriptors",
      why: "after the last step that opens something for the job, and frees numbers for landlock",
    },
    {
      part: "landlock",
      why: "after the last mount and after no-new-privileges, which it wants; execve of the program is under it",
    },
    { part: "descriptors", why: "after every step that opens something" },
    { part: "take-terminal", why: "after the session was made and stdin is in its place" },
    { part: "rlimits", why: "after the descriptors, which are parked at numbers that the job may not use" },
    { part: "signals", why: "late: until here no handler of the launcher may run on its memory" },
    { part: "seccomp", why: "last: every step before it may need a call that the job may not make" },
    { part: "execute", why: "the job's first instruction" },
  ],
  handover: [
    { part: "init-ids", why: "as late as possible: while process 1 has root's rights no job can touch it" },
    { part: "init-capabilities", why: "directly before the descriptors and execve, which need none" },
    { part: "init", why: "the end of process 1's share in the launcher's memory" },
  ],
};
