// The six oracles: what must hold after every attack, whatever its outcome was.
import type { Attempt } from "../attempt.ts";
import { settle } from "../settle.ts";
import type { Stage } from "../stage.ts";
import { type Canaries, changedCanaries, readCanaries } from "./canaries.ts";
import { findLeftovers, lookAround, type Surroundings } from "./leftovers.ts";
import { type NextJob, tryNextJob } from "./next-job.ts";
import { findSecrets } from "./secrets.ts";
import { findGrowth, lookAtSupervisor, type Supervisor } from "./supervisor.ts";
import { findLies } from "./truth.ts";

export interface Before {
  readonly canaries: Canaries;
  readonly surroundings: Surroundings;
  readonly supervisor: Supervisor;
}

export interface Attacked {
  readonly attempt: Attempt;
  readonly program: string;
  readonly next: NextJob;
}

/** A job comes first, so that everything is there that a pool keeps. */
export async function askBefore(stage: Stage, next: NextJob): Promise<Before> {
  const problems = await tryNextJob(next);
  if (problems.length > 0) throw new Error(`Before the attack: ${problems.join("; ")}`);
  stage.contacts();
  return { canaries: readCanaries(stage), surroundings: lookAround(), supervisor: lookAtSupervisor() };
}

/** @returns what does not hold, each in one sentence */
export async function askOracles(before: Before, stage: Stage, attacked: Attacked): Promise<readonly string[]> {
  const { attempt, program, next } = attacked;
  return [
    ...findLies(attempt),
    ...(await tryNextJob(next)),
    // ORDER: after a job, so that who came to a listener has been heard of.
    ...findSecrets(attempt, stage),
    ...(await settle(() => [...findLeftovers(before.surroundings, program), ...findGrowth(before.supervisor)])),
    ...changedCanaries(before.canaries, readCanaries(stage)),
  ];
}
