// What a pool does behind its methods: checks a call, has it served, and turns the end of its job into what the caller gets.
import type { EventEmitter } from "node:events";
import {
  decodeValue,
  encodeValue,
  type Job,
  JobError,
  type Payload,
  parseWasmDescription,
  type WasmDescription,
} from "@hutch/core";
import { type Artifact, mendArtifact, moduleBytes } from "./artifact.ts";
import { startDeadline } from "./call-deadline.ts";
import {
  type CallOptions,
  type CheckedCall,
  type CommandOptions,
  checkCallOptions,
  RETRIED,
  type WasiOptions,
} from "./call-options.ts";
import { hostFailure, onHost } from "./host-failure.ts";
import { hostMemory } from "./host-memory.ts";
import { checkArgv, payloadOf } from "./job-options.ts";
import { machineFor } from "./machine.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import { type Mending, PoolCalls } from "./pool-calls.ts";
import type { PoolEvents } from "./pool-events.ts";
import { PoolJobs } from "./pool-jobs.ts";
import type { CheckedPoolOptions } from "./pool-options.ts";
import { PoolRecord } from "./pool-record.ts";
import type { PoolStats } from "./pool-stats.ts";
import { prepareWasm } from "./prepare-wasm.ts";
import type { RunResult } from "./run-result.ts";
import { type RunningJob, runningJob } from "./running-job.ts";
import { openStdin } from "./stdin.ts";
import type { WorkerProcess, WorkerReady } from "./worker-process.ts";
import { type WorkerListener, WorkerSlots } from "./worker-slots.ts";
import { type Connect, connectDirectly } from "./worker-sockets.ts";

export class WorkerPool {
  readonly #options: CheckedPoolOptions;
  readonly #slots: WorkerSlots;
  readonly #jobs: PoolJobs;
  readonly #calls: PoolCalls;
  readonly #record: PoolRecord;
  #destroyed: Promise<void> | null = null;

  private constructor(options: CheckedPoolOptions, slots: WorkerSlots, jobs: PoolJobs, record: PoolRecord) {
    this.#options = options;
    this.#slots = slots;
    this.#jobs = jobs;
    this.#record = record;
    this.#calls = new PoolCalls(slots, record);
  }

  /** Starts the workers. @throws as createPool() */
  static async start(options: CheckedPoolOptions, connect: Connect = connectDirectly): Promise<WorkerPool> {
    const { policy, handlers, limits, preload, concurrentTasksPerWorker: jobsAtOnce } = options;
    const each = { policy, handlers, limits, preload, jobsAtOnce, connect };
    const memory =
      options.standby === 0
        ? null
        : onHost("see how much memory there is", () => hostMemory(machineFor(policy.backend)));
    const slots = new WorkerSlots(each, options.workers, options.maxQueue);
    const workers = await slots.startFirst().catch((error: unknown) => {
      throw hostFailure(error, "start the pool's workers");
    });
    const { start, why } = startOf(workers);
    const jobs = new PoolJobs(options, start, why);
    const record = new PoolRecord();
    record.workersStarted = workers.length;
    slots.listener = listenFor(jobs, record);
    slots.queue.onDrained = () => record.tell("drain");
    if (memory !== null)
      jobs.followMemory(memory, {
        short: (why, letGo) => record.memoryShort(why, letGo),
        enough: () => {
          for (const worker of slots.idle()) jobs.prepareStandbys(worker);
          record.tell("memoryEnough");
        },
      });
    for (const worker of workers) jobs.prepareStandbys(worker);
    return new WorkerPool(options, slots, jobs, record);
  }

  get events(): EventEmitter<PoolEvents> {
    return this.#record.events;
  }

  stats(): PoolStats {
    const { jobs, calls, workers, retried, workersStarted: started, workersFailed: failed } = this.#record;
    const { queue } = this.#slots;
    return {
      workers: { ...this.#slots.count(), started, failed, ended: { ...workers } },
      standbys: { ...this.#jobs.standbys, letGo: this.#record.letGo },
      jobs: { running: this.#calls.running, ended: { ...jobs }, retried },
      calls: {
        waiting: { high: queue.sizeOf("high"), normal: queue.sizeOf("normal"), low: queue.sizeOf("low") },
        lost: { ...calls },
      },
    };
  }

  get start(): "warm" | "cold" {
    return this.#jobs.start;
  }

  get startWhy(): string {
    return this.#jobs.startWhy;
  }

  async call(name: string, args: readonly unknown[] | Payload, options: CallOptions = {}): Promise<unknown> {
    const outcome = await this.execute(name, args, options);
    if (!outcome.ok) throw new JobError(outcome.verdict, outcome.error);
    return outcome.value;
  }

  async execute(name: string, args: readonly unknown[] | Payload, options: CallOptions = {}): Promise<Outcome> {
    const { module } = this.#options;
    if (module === null) throw new TypeError(`Cannot call "${name}": the pool was created without a module`);
    if (typeof name !== "string")
      throw new TypeError(`Cannot call an export: expected its name, received ${typeof name}`);
    const call = this.#check(options);
    if (typeof args !== "object" || args === null)
      throw new TypeError(`Cannot call "${name}": expected an array of its arguments, received ${typeof args}`);
    const payload = Array.isArray(args)
      ? ({ bytes: encodeValue(args, "args"), compression: "none" } as const)
      : payloadOf(args as Payload, `the arguments of "${name}"`);
    const { checksum } = this.#options;
    const job: Job = { kind: "function", module, checksum, exportName: name, args: payload };
    return await this.#converse(() => job, call, decodeValue, {
      // The next worker gets the bundle as it was made.
      mend: (worker) => Promise.resolve(this.#slots.dismiss(worker, "damaged")),
    });
  }

  async wasm(
    artifact: Artifact,
    exportName: string,
    input: Uint8Array | Payload,
    options: CallOptions = {},
  ): Promise<Outcome<Uint8Array>> {
    const call = this.#check(options);
    const payload = payloadOf(input, "the input");
    const job = (): Job => ({ kind: "wasm", ...prepared(artifact), exportName, input: payload });
    return await this.#converse(job, call, (bytes) => bytes, { mend: () => mendArtifact(artifact) });
  }

  async wasi(artifact: Artifact, argv: readonly string[], options: WasiOptions = {}): Promise<Outcome<null>> {
    checkArgv(argv);
    const call = this.#check(options, ["stdin"]);
    const stdin = payloadOf(options.stdin ?? new Uint8Array(), "stdin");
    const job = (): Job => ({ kind: "wasi", ...prepared(artifact), argv, stdin });
    return await this.#converse(job, call, () => null, { mend: () => mendArtifact(artifact) });
  }

  async prepare(module: Uint8Array, options: CallOptions = {}): Promise<Artifact> {
    const { store, policy } = this.#options;
    const call = this.#check(options);
    const { limits } = call;
    // With a store a call may join what another one began: each has its own deadline, and the job that they share has none.
    using deadline = startDeadline(store === null ? null : call.deadlineMs, call.signal);
    const { signal } = deadline;
    const jobOf = (ended: AbortSignal | undefined): CheckedCall =>
      store === null ? call : { ...call, signal: ended, deadlineMs: null };
    const describe = (given: Uint8Array, ended: AbortSignal | undefined): Promise<WasmDescription> =>
      this.#describeWasm(given, jobOf(ended));
    return await prepareWasm(module, { store, limits, policy, signal, describe });
  }

  /** What a job of its own says of a module. @throws JobError when it is not a module that can run */
  async describeWasm(module: Uint8Array, options: CallOptions): Promise<WasmDescription> {
    return await this.#describeWasm(module, this.#check(options));
  }

  async #describeWasm(module: Uint8Array, call: CheckedCall): Promise<WasmDescription> {
    const request: Job = { kind: "wasm-prepare", module: { bytes: module, compression: "none" } };
    const outcome = await this.#converse(
      () => request,
      call,
      (bytes) => parseWasmDescription(decodeValue(bytes)),
    );
    if (outcome.ok) return outcome.value;
    throw new JobError(outcome.verdict, outcome.error);
  }

  #check(options: CallOptions, more: readonly string[] = []): CheckedCall {
    return checkCallOptions(options, this.#options, [...RETRIED, ...more]);
  }

  /** @param request made for each try @param mending nothing can be mended unless given */
  async #converse<T>(
    request: () => Job,
    call: CheckedCall,
    decode: (bytes: Uint8Array) => T,
    mending?: Mending,
  ): Promise<Outcome<T>> {
    // ORDER: what is wrong with the artifact throws before anything waits.
    const { kind } = request();
    return await this.#calls.serve(kind, call, (given) => this.#jobs.converse(given, request(), decode), mending);
  }

  run(argv: readonly string[], options: CommandOptions = {}): RunningJob {
    checkArgv(argv);
    const call = { ...checkCallOptions(options, this.#options, ["stdin"]), retries: 0 };
    const opened = Promise.withResolvers<Output | null>();
    const abort = new AbortController();
    const signal = call.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, call.signal]);
    const result: Promise<RunResult> = this.#calls.serve("command", { ...call, signal }, async (given) =>
      this.#jobs.command(given, argv, openStdin(options.stdin), {
        output: opened.resolve,
        feedFailed: (error) => abort.abort(error),
      }),
    );
    // ORDER: with the result, whichever way it went: a job that never started has no output to wait for.
    const never = (): void => opened.resolve(null);
    result.then(never, never);
    return runningJob({ result, output: opened.promise, kill: (reason) => abort.abort(reason) });
  }

  /** Lets the calls that were made end first. */
  async close(): Promise<void> {
    await this.#calls.drain();
    await this.destroy();
  }

  async destroy(): Promise<void> {
    this.#destroyed ??= this.#end();
    await this.#destroyed;
  }

  async #end(): Promise<void> {
    this.#calls.destroy();
    // ORDER: a standby is gone when its worker has said so, or is gone itself.
    await Promise.all([this.#jobs.close(), this.#slots.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy();
  }
}

/** As it is now: it may be mended between two tries. @throws as moduleBytes() */
function prepared(artifact: Artifact): { readonly module: Uint8Array; readonly checksum: string } {
  const module = moduleBytes(artifact);
  return { module, checksum: artifact.manifest.checksum };
}

function listenFor(jobs: PoolJobs, record: PoolRecord): WorkerListener {
  return {
    idle: (worker) => jobs.prepareStandbys(worker),
    started: ({ pid }) => record.workerStarted(pid),
    failed: (error) => record.workerFailed(error),
    ended: (worker, why, served) => {
      // What waited in it is cleared away.
      jobs.prepareStandbys(worker);
      record.workerEnded(worker.pid, why, served);
    },
  };
}

/** Warm if every worker is: one that is not makes all start cold, so that reports of one pool say one thing. */
function startOf(workers: readonly WorkerProcess[]): Pick<WorkerReady, "start" | "why"> {
  return workers.map((worker) => worker.ready).find((ready) => ready.start === "cold") ?? { start: "warm", why: "" };
}
