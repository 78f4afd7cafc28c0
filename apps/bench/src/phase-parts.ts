// The phases of a job's report as parts of a turn.
import { PHASES, type Report } from "hutch";
import type { Turn } from "./contender.ts";

/** Milliseconds; 0 for what this job did not have. Always all of them: the same job may find a standby, or not. */
export function phaseParts({ timings: { phases } }: Report): NonNullable<Turn["parts"]> {
  return Object.fromEntries(PHASES.map((phase) => [phase, phases[phase] ?? 0]));
}
