// A preparation of a wasm artifact without a sandbox: what the tests of the store count and let fail.
import { type Artifact, artifactOf, encodeWasm, storedWasm } from "../../src/artifact.ts";
import { checksumOf } from "../../src/checksum.ts";
import type { Preparation } from "../../src/store/artifact-store.ts";

export function moduleOf(name: string, sizeBytes: number = 64): Uint8Array {
  const module = new Uint8Array(sizeBytes);
  module.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  new TextEncoder().encodeInto(name, module.subarray(8));
  return module;
}

export async function describe(module: Uint8Array): Promise<Artifact> {
  return artifactOf(module, { flavour: "bytes", exports: [], imports: [] });
}

export function preparationOf(
  module: Uint8Array,
  make: (signal: AbortSignal) => Promise<Artifact> = () => describe(module),
  conditions: string = "",
): Preparation<Artifact> {
  const checksum = checksumOf(module);
  return {
    kind: "wasm",
    content: [checksum],
    conditions,
    signal: undefined,
    decode: storedWasm(checksum),
    encode: encodeWasm,
    make,
  };
}
