// Attacks on what a warm worker has in common with its jobs.
import type { Scenario } from "../scenario.ts";

export const WARM: readonly Scenario[] = [
  {
    name: "scan-memory",
    from: ["Z5"],
    does: "looks through all memory that it was copied with for secrets of the host",
    control: "environment",
    program: "scan-memory.ts",
    behind: { syscalls: "off" },
    plain: {},
    openly: { by: "bare" },
  },
];
