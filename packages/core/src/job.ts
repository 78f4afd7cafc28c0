// The three kinds of job. Same limits, same verdicts, same report for all.

export type Compression = "none" | "zstd";

/** Bytes for the job. Compressed bytes are inflated inside the job, never in the host or the worker. */
export interface Payload {
  /** As they are sent: compressed ones stay so on their way. */
  readonly bytes: Uint8Array;
  /** `zstd`: inflated in the job, to at most `limits.inflatedBytes`. */
  readonly compression: Compression;
}

export type Job =
  /** `argv[0]` is looked up in PATH inside the sandbox. A compressed payload becomes stdin after it was inflated in the job. */
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly stdin: Payload | null }
  /**
   * `module` is a path inside the sandbox, `checksum` that of a bundle and null for any other; the payload is the encoded array of
   * arguments.
   */
  | {
      readonly kind: "function";
      readonly module: string;
      readonly checksum: string | null;
      readonly exportName: string;
      readonly args: Payload;
    }
  /** Validates a wasm module; the value is its manifest. */
  | { readonly kind: "wasm-prepare"; readonly module: Payload }
  /** Runs an export of a prepared wasm module: bytes in, bytes out. */
  | {
      readonly kind: "wasm";
      readonly module: Uint8Array;
      readonly checksum: string;
      readonly exportName: string;
      readonly input: Payload;
    }
  /** Runs a prepared WASI command: argv, stdin and stdout. */
  | {
      readonly kind: "wasi";
      readonly module: Uint8Array;
      readonly checksum: string;
      readonly argv: readonly string[];
      readonly stdin: Payload;
    };

export type JobKind = Job["kind"];
