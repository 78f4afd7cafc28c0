// Which of the two ways to a private file tree a plan takes, and what its report says.
import type { ControlReport, Step } from "@hutch/core";
import { type PlanContext, works } from "../plan-context.ts";
import { planBuildRoot } from "./build-root.ts";
import { planInheritRoot } from "./inherit-root.ts";

export function planRoot(context: PlanContext): Step[] {
  if (!works(context, "mount-namespace") || !works(context, "private-root")) return [];
  return context.request.root === "build" ? planBuildRoot(context) : planInheritRoot(context);
}

export function reportRoot({ request }: PlanContext): ControlReport {
  const why =
    request.root === "build"
      ? "a tmpfs of its own with the policy's files, changed to by pivot_root; the host's root is detached"
      : "the pool's read-only root, with a /proc, /tmp and /dev/shm of its own";
  return { name: "private-root", state: "enforced", why };
}
