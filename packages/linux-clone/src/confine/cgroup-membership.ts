// The job's way into its cgroup folders, which the host made and hands over as descriptors.
import type { Step } from "@hutch/core";
import type { PlanContext } from "../plan-context.ts";
import { step, text } from "../step.ts";

/** ORDER: first in process 2. What was set up before is not charged to the job, and nothing of the job can run outside. */
export function planCgroupMembership({ request }: PlanContext): Step[] {
  return Array.from({ length: request.cgroups }, (_, index) =>
    step(
      "join cgroup",
      "write",
      [{ late: `cgroup${index}` }, text("0"), 1],
      "from here on everything is charged to the job",
      { detail: `${index}`, joins: true },
    ),
  );
}
