// Every scenario by name, in the order in which they run.
import type { Scenario } from "./contender.ts";
import { accounting } from "./scenarios/accounting.ts";
import { capacity } from "./scenarios/capacity.ts";
import { cliStart } from "./scenarios/cli-start.ts";
import { commandPeers } from "./scenarios/command-peers.ts";
import { cpuPerJob } from "./scenarios/cpu-per-job.ts";
import { density } from "./scenarios/density.ts";
import { drift } from "./scenarios/drift.ts";
import { emptyCharge } from "./scenarios/empty-charge.ts";
import { floorLevels } from "./scenarios/floor-levels.ts";
import { functionLatency } from "./scenarios/function-latency.ts";
import { functionPeers } from "./scenarios/function-peers.ts";
import { isolationLevels } from "./scenarios/isolation-levels.ts";
import { memory } from "./scenarios/memory.ts";
import { noopLatency } from "./scenarios/noop-latency.ts";
import { overshoot } from "./scenarios/overshoot.ts";
import { spawnLatency } from "./scenarios/spawn-latency.ts";
import { throughput } from "./scenarios/throughput.ts";

/** What has long turns does not stand at the end: a turn is not cut short when the time of a run is up. */
export const SCENARIOS: readonly Scenario[] = [
  spawnLatency,
  noopLatency,
  floorLevels,
  isolationLevels,
  functionLatency,
  density,
  capacity,
  memory,
  commandPeers,
  functionPeers,
  cliStart,
  accounting,
  overshoot,
  emptyCharge,
  throughput,
  cpuPerJob,
  drift,
];
