// What a run of the bench leaves: everything that was measured, with the machine and the noise.
import type { ScenarioResult } from "../judge.ts";
import type { MachineDescription } from "../machine-description.ts";

export interface Results {
  /** Of this shape; a reader refuses another. */
  readonly version: 1;
  readonly startedAt: string;
  readonly quick: boolean;
  /** It was ended before its last round. */
  readonly interrupted: boolean;
  readonly machine: MachineDescription;
  readonly scenarios: readonly ScenarioResult[];
}
