// What a run of the bench leaves: everything that was measured, with the machine and the noise.
import type { Absent } from "../contender.ts";
import type { ScenarioResult } from "../judge.ts";
import type { MachineDescription } from "../machine-description.ts";
import { readJson } from "../read-json.ts";

export const RESULTS_VERSION = 2;

export interface Results {
  /** Of this shape; a reader refuses another. */
  readonly version: typeof RESULTS_VERSION;
  readonly startedAt: string;
  readonly seconds: number;
  readonly effort: "full" | "quick" | "long";
  /** Processors that everything ran on; null: all. */
  readonly pinned: string | null;
  /** It was ended before its last round. */
  readonly interrupted: boolean;
  readonly machine: MachineDescription;
  /** Scenarios without a result. */
  readonly leftOut: readonly Absent[];
  readonly scenarios: readonly ScenarioResult[];
}

/** @throws Error for what no bench of this version wrote */
export function readResults(path: string): Results {
  const read: unknown = readJson(path);
  const version = typeof read === "object" && read !== null && "version" in read ? read.version : undefined;
  if (version !== RESULTS_VERSION)
    throw new Error(`Cannot read "${path}": expected results of version ${RESULTS_VERSION}, found ${String(version)}`);
  return read as Results;
}
