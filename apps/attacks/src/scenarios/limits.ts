// Attacks on what a job may consume.
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

export const LIMITS: readonly Scenario[] = [
  ...MEMORY,
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
    from: ["C2", "C4", "C11"],
    does: "uses CPU time in bursts, in grandchildren that nobody waits for, with SIGXCPU ignored",
    control: "cpu-limit",
    program: "burn-in-children.c",
    limits: { cpuMs: 300 },
    safe: { status: "cpu-limit" },
    openly: { by: "policy", limits: { cpuMs: 20_000 } },
  },
];
