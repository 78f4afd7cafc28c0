// explain(): the plan that run() would walk, without walking it.
import type { ControlReport, LaunchPlan, Limits, Policy } from "@hutch/core";
import { executablePaths } from "@hutch/core";
import { onHost } from "./host-failure.ts";
import { leaseHostIds } from "./host-ids.ts";
import { checkRunOptions, type RunOptions } from "./job-options.ts";
import { machineFor } from "./machine.ts";

/** How a command would be confined. */
export interface ExplainedPlan {
  /** Every system call, in its order, with the reason. */
  readonly plan: LaunchPlan;
  /** What that would enforce. */
  readonly controls: readonly ControlReport[];
}

/**
 * The plan that run() would walk for this command. Nothing is started.
 * @throws TypeError or RangeError for wrong options; SandboxRefusedError where a required control is missing
 */
export function explain(argv: readonly string[], options: Pick<RunOptions, "limits" | "policy"> = {}): ExplainedPlan {
  const { limits, policy } = checkRunOptions(argv, options);
  return onHost("plan the launch", () => planHere(argv, limits, policy));
}

function planHere(argv: readonly string[], limits: Limits, policy: Policy): ExplainedPlan {
  const machine = machineFor(policy.backend);
  using lease = machine.privileged ? leaseHostIds() : null;
  return machine.backend.plan(
    {
      policy,
      limits,
      start: "exec",
      root: "build",
      privileged: machine.privileged,
      ids: lease?.ids ?? { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
      cgroups: machine.cgroups?.procsPerJob ?? 0,
      executables: executablePaths(argv[0] ?? "", policy.env.PATH),
      descriptors: [0, 1, 2],
    },
    machine.probe,
  );
}
