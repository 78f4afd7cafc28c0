// One scenario from an empty stage to its result. The stage is cleared in any case.
import type { Circumstances, Scenario } from "./contender.ts";
import { judge, type ScenarioResult } from "./judge.ts";
import { measure } from "./measure.ts";
import { watchNoise } from "./noise.ts";

const WARM_UP_ROUNDS = 5;
const SETTLE_MS = 2;

export interface ScenarioOptions extends Circumstances {
  /** In place of the scenario's own number, and of its time limit. */
  readonly rounds: number | null;
  /** What the run has left. */
  readonly remainingMs: number;
  readonly onRound: (round: number, rounds: number) => void;
}

export async function runScenario(scenario: Scenario, options: ScenarioOptions): Promise<ScenarioResult> {
  const { effort, signal, onRound } = options;
  const rounds = options.rounds ?? scenario.rounds[effort] ?? scenario.rounds.full;
  const seconds = effort === "long" ? scenario.seconds.long : scenario.seconds[effort];
  const preparing = performance.now();
  await using stage = await scenario.prepare(options);
  const remainingMs = options.remainingMs - (performance.now() - preparing);
  const ownMs = options.rounds !== null || seconds === undefined ? Number.POSITIVE_INFINITY : seconds * 1000;
  const noise = watchNoise();
  const measurement = await measure(stage.contenders, {
    rounds,
    warmUpRounds: Math.min(scenario.warmUp ?? WARM_UP_ROUNDS, rounds),
    limitMs: Math.max(0, Math.min(ownMs, remainingMs)),
    settleMs: scenario.settleMs ?? SETTLE_MS,
    signal,
    onRound,
  });
  return judge(scenario, stage, measurement, noise());
}
