// Attacks on other processes, by /proc, signals and tracing.
import type { Scenario } from "../scenario.ts";

export const PROCESSES: readonly Scenario[] = [
  {
    name: "read-processes",
    from: ["P1"],
    does: "reads command lines, environments and status of processes that are not its own",
    control: "pid-namespace",
    program: "read-processes.sh",
    behind: { syscalls: "off" },
    openly: {
      by: "bare",
      expected: { reaches: ["cmdline of the host's process", "somebody's environment", "somebody's arguments"] },
    },
  },
];
