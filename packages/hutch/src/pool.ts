// createPool(): workers that stay warm, and jobs that are forked from them.
import type { EventEmitter } from "node:events";
import type { Payload } from "@hutch/core";
import type { Artifact } from "./artifact.ts";
import { withBundle } from "./bundle/bundle-pool.ts";
import type { CallOptions, CommandOptions, WasiOptions } from "./call-options.ts";
import type { Outcome } from "./outcome.ts";
import type { PoolEvents } from "./pool-events.ts";
import { checkPoolOptions, type PoolOptions } from "./pool-options.ts";
import type { PoolStats } from "./pool-stats.ts";
import type { RunningJob } from "./running-job.ts";
import { WorkerPool } from "./worker-pool.ts";

type AnyFunction = (...args: never[]) => unknown;
/** Names of the exports of a module that are functions. */
export type FunctionName<M> = { [K in keyof M]: M[K] extends AnyFunction ? K : never }[keyof M] & string;
type ArgsOf<M, K extends keyof M> = M[K] extends (...args: infer A) => unknown ? A : never;
type ValueOf<M, K extends keyof M> = M[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** Warm workers, and jobs in them. `M` is the type of the module: `createPool<typeof import("./tasks.ts")>`. */
export interface Pool<M = Record<string, (...args: unknown[]) => unknown>> extends AsyncDisposable {
  /**
   * Calls an export of the module in a fresh job.
   * @param args values, or the CBOR bytes of their list as a Payload, which may be compressed
   * @throws JobError when the job ends without a value
   */
  call<K extends FunctionName<M>>(name: K, args: ArgsOf<M, K> | Payload, options?: CallOptions): Promise<ValueOf<M, K>>;
  /** As call(), but the job's end is always an outcome. */
  execute<K extends FunctionName<M>>(
    name: K,
    args: ArgsOf<M, K> | Payload,
    options?: CallOptions,
  ): Promise<Outcome<ValueOf<M, K>>>;
  /** Runs a command in the pool's sandbox. */
  run(argv: readonly string[], options?: CommandOptions): RunningJob;
  /** Runs an export of a prepared wasm module: bytes in, bytes out. */
  wasm(
    artifact: Artifact,
    exportName: string,
    input: Uint8Array | Payload,
    options?: CallOptions,
  ): Promise<Outcome<Uint8Array>>;
  /** Runs a prepared WASI command; its stdout and stderr are in the outcome. */
  wasi(artifact: Artifact, argv: readonly string[], options?: WasiOptions): Promise<Outcome<null>>;
  /** Compiles and validates a wasm module in a job of its own. @throws JobError when it is not a module that can run */
  prepare(module: Uint8Array, options?: CallOptions): Promise<Artifact>;
  /** How jobs of functions start here. */
  readonly start: "warm" | "cold";
  /** Why the start is cold; empty otherwise. */
  readonly startWhy: string;
  /** What happens in the pool, for whoever wants to know: `pool.events.on("jobEnded", …)`. */
  readonly events: EventEmitter<PoolEvents>;
  /** What the pool is doing, and what it has done so far. */
  stats(): PoolStats;
  /** Takes no more calls, lets those end that wait or run, then ends the workers. */
  close(): Promise<void>;
  /** Ends every job and worker at once. Calls that wait or run reject with HostError POOL_CLOSED. So does `await using`. */
  destroy(): Promise<void>;
}

/**
 * Starts the workers and waits until they serve.
 * @throws TypeError or RangeError for wrong options; SandboxRefusedError where a required control is missing; HostError
 * WORKER_START_FAILED, also for a preloaded module that throws, VERSION_MISMATCH where Bun or Hutch was replaced under this
 * program; JobError for a module that does not bundle
 */
export async function createPool<M = Record<string, (...args: unknown[]) => unknown>>(
  options: PoolOptions = {},
): Promise<Pool<M>> {
  const checked = checkPoolOptions(options);
  options.signal?.throwIfAborted();
  const bundled = await withBundle(checked, options.signal);
  const pool = await WorkerPool.start(bundled);
  options.signal?.addEventListener("abort", () => void pool.destroy(), { once: true });
  return pool as unknown as Pool<M>;
}
