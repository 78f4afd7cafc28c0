// Attacks on what a job may consume, and on how it is counted.
import type { Limits } from "hutch";
import type { Scenario } from "../scenario.ts";

const MiB = 2 ** 20;
const SMALL: Partial<Limits> = { memoryBytes: 64 * MiB };

const MEMORY: readonly Scenario[] = (["touch", "populate", "shared", "huge"] as const).map((way) => ({
  name: `hog-memory-${way}`,
  from: ["R2"],
  does: `takes more memory than it may (${way})`,
  control: "memory-limit",
  program: "hog-memory.c",
  argument: way,
  limits: SMALL,
  safe: { status: "memory-limit" },
  plain: { status: "memory-limit" },
  openly: { by: "policy", limits: { memoryBytes: 1024 * MiB } },
}));

const STAYING: readonly Scenario[] = (["compute", "sleep", "stop"] as const).map((way) => {
  const limit: Partial<Limits> = way === "compute" ? { cpuMs: 300 } : { wallMs: 500 };
  const status = way === "compute" ? "cpu-limit" : "wall-limit";
  return {
    name: `stay-alive-${way}`,
    from: way === "stop" ? ["S4"] : ["S2", "C11"],
    does: `blocks and ignores every signal, then goes on (${way})`,
    control: status,
    program: "stay-alive.c",
    argument: way,
    limits: limit,
    safe: { status },
    plain: { status },
    openly: { by: "policy", limits: { cpuMs: 20_000, wallMs: 60_000 } },
  };
});

const MULTIPLYING: readonly Scenario[] = (["fork", "thread", "vfork"] as const).map((way) => ({
  name: `multiply-${way}`,
  from: way === "thread" ? ["R1", "R11"] : ["R1"],
  does: `makes as many of itself as it may (${way})`,
  control: "process-limit",
  program: "multiply.c",
  argument: way,
  limits: { processes: 40 },
  openly: { by: "policy", limits: { processes: 1000, memoryBytes: 2048 * MiB } },
}));

export const LIMITS: readonly Scenario[] = [
  ...MEMORY,
  ...STAYING,
  ...MULTIPLYING,
  {
    name: "flood-output",
    from: [],
    does: "writes much more than it may",
    control: "output-limit",
    program: "flood-output.sh",
    limits: { outputBytes: MiB },
    safe: { status: "output-limit" },
    plain: { status: "output-limit" },
    openly: { by: "policy", limits: { outputBytes: 64 * MiB }, expected: { says: /^a{1000}/ } },
  },
  {
    name: "burn-in-children",
    from: ["C2", "C4", "C5", "C11"],
    does: "uses CPU time in bursts, in grandchildren that nobody waits for, with SIGXCPU ignored",
    control: "cpu-limit",
    program: "burn-in-children.c",
    limits: { cpuMs: 300 },
    safe: { status: "cpu-limit" },
    openly: { by: "policy", limits: { cpuMs: 20_000 } },
  },
  {
    name: "spike-memory",
    from: ["C14"],
    does: "has 100 MiB for some milliseconds: the report says so where the kernel counts",
    control: "memory-limit",
    program: "spike-memory.c",
    safe: { says: /^had 104857600\n$/ },
    check: ({ report }, counted) =>
      !counted || report.usage.peakMemoryBytes >= 100 * MiB
        ? []
        : [`the report's peak is ${report.usage.peakMemoryBytes} bytes`],
    openly: { by: "policy", limits: SMALL, expected: { status: "memory-limit" } },
  },
  {
    name: "near-limit",
    from: ["R4"],
    does: "stays just below its memory limit: no harm, and no verdict",
    control: "memory-limit",
    program: "spike-memory.c",
    argument: "stay",
    limits: { memoryBytes: 112 * MiB },
    safe: { says: /^had 104857600\n$/ },
    openly: { by: "nowhere", why: "it harms nobody" },
  },
  {
    name: "thrash-cache",
    from: ["R5"],
    does: "reads many more files than its memory holds: no harm, and no verdict",
    control: "memory-limit",
    program: "thrash-cache.sh",
    limits: { memoryBytes: 24 * MiB },
    safe: { says: /^\d{8,}\n$/ },
    openly: { by: "nowhere", why: "it harms nobody" },
  },
];
