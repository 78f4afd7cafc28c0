// One job from its request to its answer: the same for a warm copy of the worker and for a fresh Bun.
// RULE: a program calls runJob() without awaiting it at the top level. A top-level await that never settles keeps the
// process alive for ever, and then nobody notices that the user's promise never settles.
import type { JobRequest, JobResponse, RequestCommon } from "@hutch/core";
import { exitGroup, type OwnedFd, STDERR } from "@hutch/syscall";
import { checkArtifact, InvalidArtifactError } from "./check-artifact.ts";
import { describeError } from "./describe-error.ts";
import { installGuard } from "./guard.ts";
import { InvalidPayloadError, payloadBytes, readMemfd } from "./inflate.ts";
import { requestRead } from "./moments.ts";
import type { Progress } from "./progress.ts";
import { type ReceivedRequest, receiveRequest } from "./receive.ts";
import { respond, type Stage } from "./respond.ts";
import { loadModule, runFunction } from "./run-function.ts";
import { JOB_STAGE } from "./runtime-failure.ts";
import { installStandardStreams, writeInPlace } from "./standard-streams.ts";

type GetReady = (stage: Stage) => Promise<void> | null;
type Asked = Exclude<JobRequest, { readonly kind: "load" }>;

/** The host closed the socket without a request: a standby that nobody needed. */
const UNUSED_EXIT_CODE = 0;
const BROKEN_EXIT_CODE = 1;

/** The one that this process is; null in a worker, and in a copy before it is a job. */
let current: JobRun | null = null;

/**
 * What every job needs and none has to do for itself: a worker does it before it is copied, a fresh Bun before its job.
 * ORDER: after everything that is preloaded, whose listeners go first.
 */
export function prepareRuntime(): void {
  installGuard({
    fail: (error) => (current === null ? endUnasked(error) : current.fail(error)),
    idle: () => current?.onIdle(),
  });
}

/** Before anything is preloaded: it may keep the streams that it finds. */
export function prepareStreams(): void {
  installStandardStreams();
}

/**
 * Waits for the job's one request, runs it and ends the process. Blocks until something is there.
 * @param getReady what there is to do before each wait; null for nothing
 */
export function runJob(stage: Stage = JOB_STAGE, getReady: GetReady = () => null): void {
  const run = new JobRun(stage, getReady);
  if (stage.kind === "job") current = run;
  run.start().catch(stage.fail);
}

/** A worker, or a copy of it before it waits: descriptor 3 may be the channel to the host, so nothing is said there. */
function endUnasked(error: unknown): never {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeInPlace(STDERR, new TextEncoder().encode(`${why}\n`));
  exitGroup(BROKEN_EXIT_CODE);
}

/** From the wait for a request to its answer. */
class JobRun {
  readonly #stage: Stage;
  readonly #getReady: GetReady;
  readonly #progress: Progress = { waitsFor: "the payload" };
  #phase:
    | { readonly kind: "unasked" }
    /** Evaluates a module; `idle` ends that wait when it never settles. */
    | { readonly kind: "loading"; readonly idle: () => void }
    | { readonly kind: "asked"; readonly responseBytes: number } = { kind: "unasked" };
  /** What the module threw outside of its own evaluation before there was anybody to tell. */
  #held: { readonly error: unknown } | null = null;
  #outcome: JobResponse | null = null;

  constructor(stage: Stage, getReady: GetReady) {
    this.#stage = stage;
    this.#getReady = getReady;
  }

  /**
   * Rejects only before there is a request. A standby gets its module first: evaluated inside the job as always, only earlier.
   * ORDER: a request that is there is read without a turn of the event loop.
   */
  async start(): Promise<void> {
    for (;;) {
      const ready = this.#getReady(this.#stage);
      if (ready !== null) await ready;
      const received = receiveRequest(this.#stage.socket) ?? exitGroup(UNUSED_EXIT_CODE);
      if (isAsked(received)) return this.#answer(received);
      await this.#load(received.request as Extract<JobRequest, { kind: "load" }>);
    }
  }

  async #load({ module, checksum }: Extract<JobRequest, { kind: "load" }>): Promise<void> {
    const idle = Promise.withResolvers<void>();
    this.#phase = { kind: "loading", idle: idle.resolve };
    await Promise.race([Promise.allSettled([loadModule(module, checksum)]), idle.promise]);
  }

  #answer(received: ReceivedRequest<Asked>): void {
    requestRead();
    this.#phase = { kind: "asked", responseBytes: received.request.common.responseBytes };
    if (this.#held !== null) this.fail(this.#held.error);
    else
      dispatch(received, this.#progress).then(
        (response) => this.#finish(response),
        (error) => this.fail(error),
      );
  }

  fail(error: unknown): void {
    if (this.#phase.kind === "asked") this.#finish(failure(error));
    else if (this.#phase.kind === "loading") this.#held ??= { error };
    else endUnasked(error);
  }

  #finish(response: JobResponse): void {
    const first = this.#outcome === null;
    this.#outcome = response;
    if (!first) return;
    // An exit handler of the user's that throws comes here again, and its error is then the answer.
    if (process.listenerCount("exit") > 0 && this.#stage.kind === "job") runExitHandlers((error) => this.fail(error));
    respond(this.#outcome, this.#phase.kind === "asked" ? this.#phase.responseBytes : 0, this.#stage);
  }

  /** Nothing is left to do in the event loop. */
  onIdle(): void {
    if (this.#phase.kind === "loading") this.#phase.idle();
    else if (this.#phase.kind === "asked")
      this.#finish({
        kind: "error",
        name: "NeverSettledError",
        message: `nothing is left to do, and it still waits for ${this.#progress.waitsFor}`,
        stack: "",
      });
  }
}

/** It is the request itself, which is answered. */
function isAsked(received: ReceivedRequest): received is ReceivedRequest<Asked> {
  return received.request.kind !== "load";
}

// ORDER: everything but functions is loaded when it is needed: a worker's memory, and so every fork, stays small.
async function dispatch({ request, descriptors }: ReceivedRequest<Asked>, progress: Progress): Promise<JobResponse> {
  const payload = payloadBytes(request.common, descriptors.get("payload"));
  const module = descriptors.get("module");
  switch (request.kind) {
    case "function":
      return await runFunction(request, payload, progress);
    case "command":
      return (await import("./run-command.ts")).runCommand(request, payload);
    case "wasm-prepare":
      return (await import("./prepare-wasm.ts")).prepareWasm(payload);
    case "wasm":
      return (await import("./run-wasm.ts")).runWasm(request, moduleBytes(request.common, module), payload);
    case "wasi":
      return await (await import("./run-wasi.ts")).runWasi(request, moduleBytes(request.common, module), payload);
  }
}

/** Read once: what is checked is what runs. */
function moduleBytes({ checksum }: RequestCommon, module: OwnedFd | undefined): Uint8Array {
  if (module === undefined) throw new Error("Cannot run the artifact: its module did not come with the request");
  const bytes = readMemfd(module);
  checkArtifact(bytes, checksum);
  return bytes;
}

function failure(error: unknown): JobResponse {
  if (error instanceof InvalidArtifactError) return { kind: "invalid-artifact", why: error.message };
  if (error instanceof InvalidPayloadError) return { kind: "invalid-payload", why: error.message };
  return describeError(error);
}

/** Before the answer, because nothing runs after it. */
function runExitHandlers(fail: (error: unknown) => void): void {
  try {
    process.emit("exit", 0);
  } catch (error) {
    fail(error);
  }
}
