// prepare(): from a wasm file to an artifact, in a sandbox made for it alone.
import { readFileSync } from "node:fs";
import type { Limits, PolicyInput } from "@hutch/core";
import type { Artifact } from "./artifact.ts";
import { checkSignal } from "./check-signal.ts";
import { checkPoolOptions } from "./pool-options.ts";
import { prepareWasm } from "./prepare-wasm.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import type { ArtifactStore } from "./store/artifact-store.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface PrepareOptions {
  readonly limits?: Partial<Limits>;
  readonly policy?: PolicyInput;
  /** Where to look first, and to keep it. Nothing is started for what is there. */
  readonly store?: ArtifactStore;
  readonly signal?: AbortSignal;
}

const KNOWN = ["limits", "policy", "store", "signal"];

/**
 * Compiles and validates a wasm module in a job of its own, under limits.
 * @param module a path or the module's bytes
 * @throws JobError when it is not a module that can run; TypeError for a path that can not be read; otherwise as createPool()
 */
export async function prepare(module: string | Uint8Array, options: PrepareOptions = {}): Promise<Artifact> {
  refuseUnknown(options, KNOWN);
  checkSignal(options.signal);
  const checked = checkPoolOptions({ ...options, standby: false });
  const { signal } = options;
  signal?.throwIfAborted();
  const bytes = typeof module === "string" ? readModule(module) : module;
  return await prepareWasm(bytes, {
    ...checked,
    signal,
    describe: async (given, ended) => {
      await using pool = await WorkerPool.start(checked);
      return await pool.describeWasm(given, ended === undefined ? {} : { signal: ended });
    },
  });
}

function readModule(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const why = code === "ENOENT" ? "there is no such file" : `it can not be read (${code})`;
    throw new TypeError(`Cannot prepare module = "${path}": ${why}; give the path of a wasm file, or its bytes`, {
      cause,
    });
  }
}
