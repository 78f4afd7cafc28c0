// The way from a wasm module's bytes to an artifact: from a store, or through a job that validates it.
import type { Limits, Policy, WasmDescription } from "@hutch/core";
import { type Artifact, artifactOf, encodeWasm, rememberSource, storedWasm } from "./artifact.ts";
import { checksumOf } from "./checksum.ts";
import type { Store } from "./store/artifact-store.ts";

export interface WasmPreparation {
  readonly store: Store | null;
  readonly limits: Limits;
  readonly policy: Policy;
  readonly signal: AbortSignal | undefined;
  /** Has a job say what the module is. @throws JobError when it is not one that can run */
  readonly describe: (module: Uint8Array, signal: AbortSignal | undefined) => Promise<WasmDescription>;
}

/** @throws TypeError for what is not bytes; what `describe` throws, also when it was another caller's; `signal.reason` */
export async function prepareWasm(given: Uint8Array, preparation: WasmPreparation): Promise<Artifact> {
  if (!(given instanceof Uint8Array))
    throw new TypeError(`Cannot prepare a module: expected its bytes, received ${typeof given}`);
  const { store, limits, policy, signal, describe } = preparation;
  // ORDER: copied first, so that what is validated, hashed and kept are the same bytes.
  const module = given.slice();
  const make = async (ended: AbortSignal | undefined): Promise<Artifact> =>
    artifactOf(module, await describe(module, ended));
  if (store === null) return await make(signal);
  const checksum = checksumOf(module);
  const artifact = await store.obtain({
    kind: "wasm",
    content: [checksum],
    conditions: JSON.stringify([limits, policy]),
    signal,
    decode: storedWasm(checksum),
    encode: encodeWasm,
    make,
  });
  rememberSource(artifact, () => store.load(checksum));
  return artifact;
}
