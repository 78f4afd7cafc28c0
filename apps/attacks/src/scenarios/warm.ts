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
  {
    name: "pollute",
    from: ["Z1", "F20"],
    does: "spoils builtins, globals, modules, environment, folder, mask and files for the next job",
    control: "host",
    program: "pollute.ts",
    safe: { status: ["ok", "failed", "invalid-response"] },
    openly: { by: "nowhere", why: "every job is a copy of its own: packages/hutch/test/kernel/pool.test.ts" },
  },
];
