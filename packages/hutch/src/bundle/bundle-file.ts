// A bundle as a file of a store.
import { type BundleManifest, encodeArtifact, HostError, HUTCH_VERSION, parseArtifact } from "@hutch/core";
import { checksumOf, digestOf } from "../checksum.ts";

export function encodeBundle(code: string): Uint8Array {
  const bytes = new TextEncoder().encode(code);
  const manifest: BundleManifest = {
    formatVersion: 2,
    kind: "bundle",
    checksum: checksumOf(bytes),
    sizeBytes: bytes.byteLength,
    bunVersion: Bun.version,
    hutchVersion: HUTCH_VERSION,
  };
  return encodeArtifact(manifest, bytes, digestOf);
}

/** @throws HostError ARTIFACT_INVALID for what is not a whole bundle of this Bun and this Hutch */
export function decodeBundle(file: Uint8Array): string {
  const { manifest, bytes } = parseArtifact(file, digestOf);
  const { kind, checksum, bunVersion, hutchVersion } = manifest;
  if (
    kind !== "bundle" ||
    checksum !== checksumOf(bytes) ||
    bunVersion !== Bun.version ||
    hutchVersion !== HUTCH_VERSION
  )
    throw new HostError("ARTIFACT_INVALID", "Cannot use the artifact: it is not the bundle that its name says");
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
