// One scenario from an empty stage to its result. The stage is cleared in any case.
import type { Scenario } from "./contender.ts";
import { judge, type ScenarioResult } from "./judge.ts";
import { measure } from "./measure.ts";
import { watchNoise } from "./noise.ts";

const WARM_UP_ROUNDS = 5;
const SETTLE_MS = 2;

export interface ScenarioOptions {
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly onRound: (round: number, rounds: number) => void;
}

export async function runScenario(
  scenario: Scenario,
  { rounds, signal, onRound }: ScenarioOptions,
): Promise<ScenarioResult> {
  await using stage = await scenario.prepare();
  const noise = watchNoise();
  const measurement = await measure(stage.contenders, {
    rounds,
    warmUpRounds: Math.min(WARM_UP_ROUNDS, rounds),
    settleMs: SETTLE_MS,
    signal,
    onRound,
  });
  return judge(scenario, stage, measurement, noise());
}
