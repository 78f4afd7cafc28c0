// One job from its request to its answer: the same for a warm copy of the worker and for a fresh Bun.
// RULE: a program calls runJob() without awaiting it at the top level. A top-level await that never settles keeps the
// process alive for ever, and then nobody notices that the user's promise never settles.
import type { JobRequest, JobResponse } from "@hutch/core";
import { exitGroup, type OwnedFd } from "@hutch/syscall";
import { describeError } from "./describe-error.ts";
import { installGuard, type Progress } from "./guard.ts";
import { InvalidPayloadError, payloadBytes, readMemfd } from "./inflate.ts";
import { type ReceivedRequest, receiveRequest } from "./receive.ts";
import { respond } from "./respond.ts";
import { runFunction } from "./run-function.ts";
import { beforeJob, endByRuntimeFailure } from "./runtime-failure.ts";
import { installStandardStreams } from "./standard-streams.ts";

/** The host closed the socket without a request: a standby that nobody needed. */
const UNUSED_EXIT_CODE = 0;

/** Waits for the job's one request, runs it and ends the process. Blocks until the request is there. */
export function runJob(): void {
  const progress: Progress = { waitsFor: "the payload" };
  let outcome: JobResponse | null = null;
  let responseBytes = 0;
  const finish = (response: JobResponse): void => {
    const first = outcome === null;
    outcome = response;
    // An exit handler of the user's that throws comes here again, and its error is then the answer.
    if (!first) return;
    runExitHandlers(fail);
    respond(outcome, responseBytes);
  };
  let waits = true;
  const fail = (error: unknown): void => (waits ? endByRuntimeFailure(error) : finish(failure(error)));
  const received = beforeJob(() => {
    // ORDER: before the wait, so that a standby has it done when its request comes.
    installStandardStreams();
    installGuard({ fail, finish, progress });
    return receiveRequest() ?? exitGroup(UNUSED_EXIT_CODE);
  });
  waits = false;
  responseBytes = received.request.common.responseBytes;
  dispatch(received, progress).then(finish, fail);
}

export async function dispatch({ request, descriptors }: ReceivedRequest, progress: Progress): Promise<JobResponse> {
  const payload = await payloadBytes(request.common, descriptors.get("payload"));
  return await run(request, payload, descriptors.get("module"), progress);
}

// ORDER: everything but functions is loaded when it is needed: a worker's memory, and so every fork, stays small.
async function run(
  request: JobRequest,
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
function runExitHandlers(fail: (error: unknown) => void): void {
  if (process.listenerCount("exit") === 0) return;
  try {
    process.emit("exit", 0);
  } catch (error) {
    fail(error);
  }
}
