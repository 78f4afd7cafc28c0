// No user namespaces inside the job's own. In a new one the job would have every capability again, over objects of its own
// only, but that opens mounts, netfilter and much else of the kernel to it.
import type { Step } from "@hutch/core";
import { AT_FDCWD, O } from "@hutch/syscall";
import { type PlanContext, works } from "../plan-context.ts";
import { SCRATCH_SLOT, step, text } from "../step.ts";

/** Length of the late value `userNamespaces`: a number after blanks. */
export const USER_NAMESPACES_BYTES: number = 8;
const PATH = "/proc/sys/user/max_user_namespaces";

/** ORDER: in the new /proc, and while the namespace's first process has its rights: the limit is the namespace's own. */
export function planNestedNamespaces(context: PlanContext): Step[] {
  if (!works(context, "user-namespace") || !works(context, "private-root")) return [];
  const name = "set resource limit";
  const why = "in a user namespace below its own the job would have every capability again";
  const extra = { detail: PATH };
  return [
    step(name, "openat", [AT_FDCWD, text(PATH), O.WRONLY | O.CLOEXEC, 0], why, { ...extra, save: SCRATCH_SLOT }),
    step(name, "write", [{ slot: SCRATCH_SLOT }, { late: "userNamespaces" }, USER_NAMESPACES_BYTES], why, extra),
    step(name, "close", [{ slot: SCRATCH_SLOT }], why, extra),
  ];
}
