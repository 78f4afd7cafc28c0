// What the main process and its lanes say to each other.
import type { TrialResult } from "./run-scenario.ts";

export type ToLane =
  /** `unbuilt`: why its program could not be built; null where it was. */
  { readonly kind: "run"; readonly name: string; readonly unbuilt: string | null } | { readonly kind: "end" };

export type FromLane =
  | { readonly kind: "ready" }
  /** It closed everything; what is still there then is a problem. */
  | { readonly kind: "closed"; readonly problems: readonly string[] }
  | { readonly kind: "ran"; readonly name: string; readonly results: readonly TrialResult[] };
