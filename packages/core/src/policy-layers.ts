// A policy as callers and files give it: a preset by name, or an object that may extend presets and other objects, with limits
// beside it. Layers are merged from the bottom up by the rules of docs/policies.md; the result is checked as a whole.
import * as v from "valibot";
import type { CallHandlers } from "./call-handler.ts";
import { type Limits, LimitsSchema, parseLimits } from "./limits.ts";
import { parseOptions, suggest } from "./options.ts";
import { POLICY_PARTS_OF_FILE, type Policy, type PolicyParts, PolicySchema, parsePolicy } from "./policy.ts";
import { type PolicyInput, type PolicyLayer, PRESET_NAMES, type PresetName } from "./policy-layer.ts";
import { PRESETS } from "./presets.ts";

/** Layers over layers: more than anybody writes by hand, and an object that extends itself ends here. */
const MOST_LAYERS = 16;

const BESIDE = {
  $schema: v.exactOptional(v.string()),
  description: v.exactOptional(v.string()),
  limits: v.exactOptional(LimitsSchema),
};
const policyEntries = (PolicySchema as unknown as v.StrictObjectSchema<v.ObjectEntries, undefined>).entries;

/** What `extends` may be is for flatten() to say, layer by layer. */
const LayerSchema: v.GenericSchema<unknown, PolicyLayer> = v.strictObject({
  ...BESIDE,
  extends: v.exactOptional(v.custom<PolicyInput | readonly PolicyInput[]>(() => true)),
  ...policyEntries,
}) as unknown as v.GenericSchema<unknown, PolicyLayer>;

const inFile: v.GenericSchema<string> = v.pipe(v.string(), v.minLength(1));

/** A policy as a file: what is shipped as policy.schema.json. */
export const PolicyFileSchema: v.GenericSchema = v.strictObject({
  ...BESIDE,
  extends: v.exactOptional(v.union([inFile, v.array(inFile)])),
  ...POLICY_PARTS_OF_FILE,
});

interface Flat {
  readonly policy: PolicyParts;
  readonly limits: Partial<Limits>;
}

export interface ParsedPolicy {
  readonly policy: Policy;
  /** The code that belongs to `policy.supervise.handled`. */
  readonly handlers: CallHandlers;
  readonly limits: Limits;
}

/**
 * @param limits what the caller gives beside the policy, over the policy's own
 * @throws TypeError or RangeError that names the option
 */
export function parsePolicyInput(given: unknown = {}, limits: unknown = {}): ParsedPolicy {
  const flat = flatten(given, 0);
  const own = parseOptions("limits", LimitsSchema, limits);
  return {
    policy: parsePolicy(flat.policy),
    handlers: flat.policy.supervise?.calls ?? {},
    limits: parseLimits(mergeLimits(flat.limits, own)),
  };
}

/** All layers as one that extends nothing. @throws as parsePolicyInput() */
export function flattenPolicy(given: unknown): PolicyLayer {
  const { policy, limits } = flatten(given, 0);
  return { ...policy, ...(Object.keys(limits).length > 0 && { limits }) };
}

export function isPresetName(name: string): name is PresetName {
  return (PRESET_NAMES as readonly string[]).includes(name);
}

function flatten(given: unknown, depth: number): Flat {
  if (depth > MOST_LAYERS) throw new TypeError(`Cannot use policy.extends: there are more than ${MOST_LAYERS} layers`);
  if (typeof given === "string") return flatten(presetOf(given), depth + 1);
  // A profile has a check of its own, which says where in it something is wrong.
  if (typeof given === "object" && given !== null && "syscalls" in given) parsePolicy({ syscalls: given.syscalls });
  const { $schema, description, extends: below, limits = {}, ...policy } = parseOptions("policy", LayerSchema, given);
  const layers = below === undefined ? [] : Array.isArray(below) ? below : [below];
  return [...layers.map((layer) => flatten(layer, depth + 1)), { policy, limits }].reduce(mergeLayers);
}

function presetOf(name: string): PolicyLayer {
  if (isPresetName(name)) return PRESETS[name];
  const known = `known presets are ${PRESET_NAMES.join(", ")}`;
  throw new TypeError(`Cannot use policy = "${name}": ${known}${suggest(name, PRESET_NAMES)}`);
}

/** Files are laid over files and variables over variables; everything else is replaced. */
function mergeLayers(below: Flat, above: Flat): Flat {
  const files = [...(below.policy.files ?? []), ...(above.policy.files ?? [])];
  const env = { ...below.policy.env, ...above.policy.env };
  return {
    policy: {
      ...below.policy,
      ...above.policy,
      ...(files.length > 0 && { files }),
      ...(Object.keys(env).length > 0 && { env }),
    },
    limits: mergeLimits(below.limits, above.limits),
  };
}

/** A layer that gives CPU time and no wall time wants the wall time that belongs to it, and not the one of the layer below. */
function mergeLimits(below: Partial<Limits>, above: Partial<Limits>): Partial<Limits> {
  const { wallMs, ...rest } = below;
  const stale = wallMs === undefined || (above.cpuMs !== undefined && above.wallMs === undefined);
  return { ...(stale ? rest : below), ...above };
}
