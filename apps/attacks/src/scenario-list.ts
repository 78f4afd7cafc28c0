// Every scenario, in the order of the document.
import type { Scenario } from "./scenario.ts";
import { FILES } from "./scenarios/files.ts";
import { KERNEL } from "./scenarios/kernel.ts";
import { LIMITS } from "./scenarios/limits.ts";
import { NAMESPACES } from "./scenarios/namespaces.ts";
import { NETWORK } from "./scenarios/network.ts";
import { PROCESSES } from "./scenarios/processes.ts";
import { RESULTS } from "./scenarios/results.ts";
import { WARM } from "./scenarios/warm.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...FILES,
  ...PROCESSES,
  ...NAMESPACES,
  ...KERNEL,
  ...NETWORK,
  ...LIMITS,
  ...RESULTS,
  ...WARM,
];
