// Prepared code: a manifest and the bytes that it vouches for. Encoded by protocol/artifact-file.ts.
import type { WasmDescription } from "./wasm-description.ts";

interface Vouched {
  readonly formatVersion: 2;
  /** SHA-256 of the code's bytes, hex. */
  readonly checksum: string;
  /** Of the code, without this manifest. */
  readonly sizeBytes: number;
  /** Versions that prepared it: an artifact of another Bun or Hutch is prepared again. */
  readonly bunVersion: string;
  readonly hutchVersion: string;
}

/** Of a wasm module that was validated in a job. */
export interface ArtifactManifest extends WasmDescription, Vouched {
  readonly kind: "wasm";
}

/** Of a function module that was bundled in a job with what it imports. The bytes are JavaScript. */
export interface BundleManifest extends Vouched {
  readonly kind: "bundle";
}

export type FileManifest = ArtifactManifest | BundleManifest;
