// What callers and files may give as a policy. How layers become one policy: policy-layers.ts.
import type { Limits } from "./limits.ts";
import type { PolicyParts } from "./policy.ts";

/** Policies that are shipped: docs/presets.md says what each is for. */
export const PRESET_NAMES = ["strict", "toolchain", "agent"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** What a policy file holds, and what run() and createPool() take as `policy`. */
export interface PolicyLayer extends PolicyParts {
  /** For editors: where the schema of this file is. */
  readonly $schema?: string;
  /** For people; nothing reads it. */
  readonly description?: string;
  /** What this one is laid over: a preset or another layer, or a list of them, the later over the earlier. */
  readonly extends?: PolicyInput | readonly PolicyInput[];
  /** The limits of its jobs. What the caller gives beside the policy comes first. */
  readonly limits?: Partial<Limits>;
}

/** A preset by its name, or what a policy file holds. */
export type PolicyInput = PresetName | PolicyLayer;
