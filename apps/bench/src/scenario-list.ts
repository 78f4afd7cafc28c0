// Every scenario by name, in the order in which they run.
import type { Scenario } from "./contender.ts";
import { cliStart } from "./scenarios/cli-start.ts";
import { floorLevels } from "./scenarios/floor-levels.ts";
import { functionLatency } from "./scenarios/function-latency.ts";
import { spawnLatency } from "./scenarios/spawn-latency.ts";

export const SCENARIOS: readonly Scenario[] = [spawnLatency, floorLevels, functionLatency, cliStart];
