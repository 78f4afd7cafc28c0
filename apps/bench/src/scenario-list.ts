// Every scenario by name, in the order in which they run.
import type { Scenario } from "./contender.ts";
import { cliStart } from "./scenarios/cli-start.ts";
import { commandPeers } from "./scenarios/command-peers.ts";
import { floorLevels } from "./scenarios/floor-levels.ts";
import { functionLatency } from "./scenarios/function-latency.ts";
import { functionPeers } from "./scenarios/function-peers.ts";
import { isolationLevels } from "./scenarios/isolation-levels.ts";
import { spawnLatency } from "./scenarios/spawn-latency.ts";

export const SCENARIOS: readonly Scenario[] = [
  spawnLatency,
  floorLevels,
  isolationLevels,
  commandPeers,
  functionLatency,
  functionPeers,
  cliStart,
];
