// One job from its request to its answer: the same for a warm copy of the worker and for a fresh Bun.
// RULE: a program calls runJob() without awaiting it at the top level. A top-level await that never settles keeps the
// process alive for ever, and then nobody notices that the user's promise never settles.
import type { JobRequest, JobResponse } from "@hutch/core";
import { exitGroup, type OwnedFd, STDERR } from "@hutch/syscall";
import { describeError } from "./describe-error.ts";
import { installGuard } from "./guard.ts";
import { InvalidPayloadError, payloadBytes, readMemfd } from "./inflate.ts";
import { type ReceivedRequest, receiveRequest } from "./receive.ts";
import { respond } from "./respond.ts";
import { loadModule, runFunction } from "./run-function.ts";
import { endByRuntimeFailure } from "./runtime-failure.ts";
import { installStandardStreams, writeInPlace } from "./standard-streams.ts";

/** What the runtime waits for, for the error text when it never comes. */
export interface Progress {
  waitsFor: string;
}

type Asked = Exclude<JobRequest, { readonly kind: "load" }>;

/** The host closed the socket without a request: a standby that nobody needed. */
const UNUSED_EXIT_CODE = 0;
const BROKEN_EXIT_CODE = 1;

/** A process serves one job, so there is one of each. `idle` ends the wait for a module that never settles. */
let phase:
  | { readonly kind: "unasked" }
  | { readonly kind: "waiting"; readonly idle: () => void }
  | { readonly kind: "asked"; readonly responseBytes: number } = { kind: "unasked" };
const progress: Progress = { waitsFor: "the payload" };
let outcome: JobResponse | null = null;
/** What the module threw outside of its own evaluation before there was anybody to tell. */
let held: { readonly error: unknown } | null = null;

/**
 * What every job needs and none has to do for itself: a worker does it before it is copied, a fresh Bun before its job.
 * ORDER: after everything that is preloaded, whose listeners go first.
 */
export function prepareRuntime(): void {
  installGuard({ fail, idle: onIdle });
}

/** Before anything is preloaded: it may keep the streams that it finds. */
export function prepareStreams(): void {
  installStandardStreams();
}

/** Waits for the job's one request, runs it and ends the process. Blocks until something is there. */
export function runJob(): void {
  waitForRequest().then(answer, endByRuntimeFailure);
}

/** A standby gets its module first: evaluated inside the job as always, only earlier. */
async function waitForRequest(): Promise<ReceivedRequest<Asked>> {
  for (;;) {
    const received = receiveRequest() ?? exitGroup(UNUSED_EXIT_CODE);
    if (isAsked(received)) return received;
    const idle = Promise.withResolvers<void>();
    phase = { kind: "waiting", idle: idle.resolve };
    const settled = loadModule((received.request as Extract<JobRequest, { kind: "load" }>).module).catch(() => {});
    await Promise.race([settled, idle.promise]);
  }
}

/** It is the request itself, which is answered. */
export function isAsked(received: ReceivedRequest): received is ReceivedRequest<Asked> {
  return received.request.kind !== "load";
}

function answer(received: ReceivedRequest<Asked>): void {
  phase = { kind: "asked", responseBytes: received.request.common.responseBytes };
  if (held !== null) fail(held.error);
  else dispatch(received, progress).then(finish, fail);
}

function finish(response: JobResponse): void {
  const first = outcome === null;
  outcome = response;
  // An exit handler of the user's that throws comes here again, and its error is then the answer.
  if (!first) return;
  runExitHandlers();
  respond(outcome, phase.kind === "asked" ? phase.responseBytes : 0);
}

function fail(error: unknown): void {
  if (phase.kind === "asked") finish(failure(error));
  else if (phase.kind === "waiting") held ??= { error };
  else endUnasked(error);
}

/** A worker, or a copy of it before it waits: descriptor 3 may be the channel to the host, so nothing is said there. */
function endUnasked(error: unknown): never {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeInPlace(STDERR, new TextEncoder().encode(`${why}\n`));
  exitGroup(BROKEN_EXIT_CODE);
}

/** Nothing is left to do in the event loop. */
function onIdle(): void {
  if (phase.kind === "waiting") phase.idle();
  else if (phase.kind === "asked")
    finish({
      kind: "error",
      name: "NeverSettledError",
      message: `nothing is left to do, and it still waits for ${progress.waitsFor}`,
      stack: "",
    });
}

export async function dispatch(
  { request, descriptors }: ReceivedRequest<Asked>,
  progress: Progress,
): Promise<JobResponse> {
  const payload = await payloadBytes(request.common, descriptors.get("payload"));
  return await run(request, payload, descriptors.get("module"), progress);
}

// ORDER: everything but functions is loaded when it is needed: a worker's memory, and so every fork, stays small.
async function run(
  request: Asked,
  payload: Uint8Array,
  module: OwnedFd | undefined,
  progress: Progress,
): Promise<JobResponse> {
  switch (request.kind) {
    case "function":
      return await runFunction(request, payload, progress);
    case "command":
      return (await import("./run-command.ts")).runCommand(request, payload);
    case "wasm-prepare":
      return (await import("./prepare-wasm.ts")).prepareWasm(payload);
    case "wasm":
      return (await import("./run-wasm.ts")).runWasm(request, moduleBytes(module), payload);
    case "wasi":
      return await (await import("./run-wasi.ts")).runWasi(request, moduleBytes(module), payload);
  }
}

function moduleBytes(module: OwnedFd | undefined): Uint8Array {
  if (module === undefined) throw new Error("Cannot run the artifact: its module did not come with the request");
  return readMemfd(module);
}

function failure(error: unknown): JobResponse {
  if (error instanceof InvalidPayloadError) return { kind: "invalid-payload", why: error.message };
  return describeError(error);
}

/** Before the answer, because nothing runs after it. */
function runExitHandlers(): void {
  if (process.listenerCount("exit") === 0) return;
  try {
    process.emit("exit", 0);
  } catch (error) {
    fail(error);
  }
}
