// prepare(): from a wasm file to an artifact, in a sandbox made for it alone.
import { readFileSync } from "node:fs";
import type { Limits, PolicyInput } from "@hutch/core";
import type { Artifact } from "./artifact.ts";
import { createPool } from "./pool.ts";

export interface PrepareOptions {
  readonly limits?: Partial<Limits>;
  readonly policy?: PolicyInput;
  readonly signal?: AbortSignal;
}

/**
 * Compiles and validates a wasm module in a job of its own, under limits.
 * @param module a path or the module's bytes
 * @throws JobError when it is not a module that can run; otherwise as createPool()
 */
export async function prepare(module: string | Uint8Array, options: PrepareOptions = {}): Promise<Artifact> {
  const bytes = typeof module === "string" ? new Uint8Array(readFileSync(module)) : module;
  await using pool = await createPool(options);
  return await pool.prepare(bytes, options.signal === undefined ? {} : { signal: options.signal });
}
