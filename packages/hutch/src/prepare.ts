// prepare(): from a wasm file to an artifact, in a sandbox made for it alone.
import type { Limits, PolicyInput } from "@hutch/core";
import type { Artifact } from "./artifact.ts";
import { checkSignal } from "./check-signal.ts";
import { checkPoolOptions } from "./pool-options.ts";
import { prepareWasm } from "./prepare-wasm.ts";
import { readInput } from "./read-input.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import type { ArtifactStore } from "./store/artifact-store.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Options of prepare(). */
export interface PrepareOptions {
  /** Of the job that compiles and validates. */
  readonly limits?: Partial<Limits>;
  /** Of that job: a preset by its name, or an object; loadPolicy() gives one from a file. */
  readonly policy?: PolicyInput;
  /** Where to look first, and to keep it. Nothing is started for what is there. */
  readonly store?: ArtifactStore;
  /** Ends it; the promise rejects with `signal.reason`. */
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
  const bytes =
    typeof module === "string"
      ? readInput(module, "Cannot prepare module", "give the path of a wasm file, or its bytes")
      : module;
  return await prepareWasm(bytes, {
    ...checked,
    signal,
    describe: async (given, ended) => {
      await using pool = await WorkerPool.start(checked);
      return await pool.describeWasm(given, ended === undefined ? {} : { signal: ended });
    },
  });
}
