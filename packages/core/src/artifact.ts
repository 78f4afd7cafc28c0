// Prepared code: a manifest and the bytes that it vouches for. Encoded by protocol/artifact-file.ts.
import type { WasmDescription } from "./wasm-description.ts";

export interface ArtifactManifest extends WasmDescription {
  readonly formatVersion: 1;
  readonly kind: "wasm";
  /** SHA-256 of the module's bytes, hex. */
  readonly checksum: string;
  readonly sizeBytes: number;
  /** Versions that validated it: an artifact of another Bun or Hutch is prepared again. */
  readonly bunVersion: string;
  readonly hutchVersion: string;
}
