// Watches one job from launch to end and gathers the evidence. The same for a job of this process and for one of a worker.
// RULE: facts only. What they mean is decided by decideVerdict.
import {
  type DecodedResponse,
  decodeMoments,
  decodeRefusal,
  decodeResponse,
  type Evidence,
  type Exit,
  type KillCause,
  type LaunchPlan,
  type Limits,
  type Response,
} from "@hutch/core";
import { decodeStatusRecords, parseStatusRecords, type StatusRecords } from "@hutch/linux-clone";
import { decodeWaitStatus, errnoCode } from "@hutch/syscall";
import { type Deadlines, watchDeadlines } from "./deadlines.ts";
import type { HostEnds } from "./descriptors.ts";
import type { FinalUsage, Meter, Reaped } from "./meter.ts";
import type { SeenMoments } from "./moments.ts";
import { Output } from "./output.ts";
import { collectSocket } from "./socket-bytes.ts";

/** Status records are a few hundred bytes; anything longer is not ours. */
const STATUS_BYTES = 4096;
/** After a job's last process ended its pipes are closed, unless the job gave them to somebody else: do not wait for that. */
const OUTPUT_GRACE_SLICES = 10;
/** A host that stood still uses up one of these, and then reads what came meanwhile. */
const OUTPUT_GRACE_SLICE_MS = 50;
const SIGKILL = 9;

export interface SupervisedJob {
  readonly limits: Limits;
  /** The plan that the job was launched by, for the name of a failed step. */
  readonly plan: () => LaunchPlan;
  /** Process 1 is our init and reports the exit; otherwise the job's own wait status is the truth. */
  readonly init: boolean;
  readonly ends: HostEnds;
  /** performance.now() at the launch. */
  readonly launchedMs: number;
  /** Settles when the job was made, and its limits begin to count. From the launch on unless given. */
  readonly made?: Promise<unknown>;
  /** null until the job's first process is known. */
  readonly meter: () => Meter | null;
  /** Ends every process of the job. Harmless when repeated or when it already ended. */
  readonly kill: () => void;
  /** Settles when the job's first process ended and was waited for. */
  readonly reap: (status: StatusOfInit) => Promise<Reaped>;
  /**
   * The job becomes a command, and answers only when that fails: our runtime after it inflated the job's stdin, or the small
   * program that waited in the job's place (then: the paths that it tries).
   */
  readonly becomesCommand?: "runtime" | { readonly paths: readonly string[] } | null;
  /** What failed on our side, if there never was a job. */
  readonly hostFailure?: () => string | null;
  /** A worker: it has no limits, and waiting for it keeps this process alive only from end() on. Its output comes by sockets. */
  readonly background?: boolean;
}

export type ToldEnd = NonNullable<StatusRecords["end"]>;

/** When to look whether the job is over. */
export interface StatusOfInit {
  /** Init told how the job's first process ended; what else there was is being ended. */
  readonly told: Promise<ToldEnd>;
  /** Init is gone, and everything with it. */
  readonly closed: Promise<unknown>;
}

interface Finished {
  readonly evidence: Evidence;
  /** The response, for the caller's own decoding of a value or an error. */
  readonly response: DecodedResponse | null;
  readonly seen: SeenMoments;
}

export interface Supervision {
  readonly output: Output;
  readonly finished: Promise<Finished>;
  /** Ends the job for this cause. The first cause wins. */
  end(cause: KillCause): void;
}

export function supervise(job: SupervisedJob): Supervision {
  let killed: KillCause | null = null;
  let ended = false;
  let endedMs: number | null = null;
  const end = (cause: KillCause): void => {
    for (const waited of unheld) waited.keepAlive(true);
    if (ended) return;
    killed ??= cause;
    // ORDER: the last look before the kill, which takes the figures of unfinished processes with it.
    job.meter()?.cpuMs();
    job.kill();
  };
  const { limits, ends } = job;
  const output = new Output(limits.outputBytes, () => end("output-limit"));
  const background = job.background === true;
  const sockets = background ? [output.listen("stdout", ends.stdout), output.listen("stderr", ends.stderr)] : [];
  const streams = background ? sockets : [output.collect("stdout", ends.stdout), output.collect("stderr", ends.stderr)];
  const told = Promise.withResolvers<ToldEnd>();
  const status = collectSocket(ends.status, STATUS_BYTES, {
    onData: () => {
      const { end: seen } = decodeStatusRecords(status.soFar());
      if (seen === null) return;
      // Nothing of the job runs from here on: what is hit now is no limit of its.
      ended = true;
      endedMs ??= performance.now();
      told.resolve(seen);
    },
  });
  const unheld = background ? [status, ...sockets] : [];
  for (const waited of unheld) waited.keepAlive(false);
  let answerMs: number | null = null;
  const answerSeen = (): void => {
    answerMs = performance.now();
  };
  const answer =
    ends.job === null
      ? null
      : collectSocket(ends.job, responseRoom(limits), {
          onExceeded: () => end("output-limit"),
          onData: answerSeen,
          ...(job.becomesCommand ? { onClosed: answerSeen } : {}),
        });

  const gather = async (): Promise<Finished> => {
    using watched = new DisposableStack();
    const deadlines: Deadlines[] = [];
    const watch = (sinceMs: number): void => {
      if (!ended && !background) deadlines.push(watched.use(watchDeadlines(limits, job.meter, sinceMs, end)));
    };
    if (job.made === undefined) watch(job.launchedMs);
    else job.made.then(() => watch(performance.now()));
    const reaped = await job.reap({ told: told.promise, closed: status.bytes });
    ended = true;
    if (reaped.unseen === true) killed ??= "worker-died";
    const overMs = performance.now();
    const wallMs = (endedMs ?? overMs) - job.launchedMs;
    const said = Promise.race([told.promise, status.bytes]);
    await settledInTime([...streams.map((stream) => stream.done), said, answer?.bytes]);
    for (const stream of streams) stream.cancel();
    answer?.stop();
    status.stop();
    const exited = decideExit(parseStatusRecords(status.soFar(), job.plan), reaped, killed, job.init);
    const answerBytes = answer === null ? null : await answer.bytes;
    const { exit, response } = readAnswer(job, exited, answerBytes);
    const holderGone = decodeStatusRecords(status.soFar()).end?.holderGone ?? false;
    const final = job.meter()?.final({ ...reaped, holderGone }) ?? NOTHING_USED;
    return {
      response,
      seen: { answerMs, endedMs, overMs, told: answerBytes === null ? null : decodeMoments(answerBytes) },
      evidence: evidenceOf(limits, {
        exit,
        killed,
        final,
        wallMs,
        outputBytes: output.byteLength,
        response,
        hostStalled: deadlines.some(({ hostStalled }) => hostStalled),
        hostFailure: job.hostFailure?.() ?? null,
      }),
    };
  };
  return { output, finished: gather(), end };
}

interface Answered {
  readonly exit: Exit;
  readonly response: DecodedResponse | null;
}

function readAnswer({ becomesCommand, limits }: SupervisedJob, exit: Exit, bytes: Uint8Array | null): Answered {
  if (bytes === null) return { exit, response: null };
  if (typeof becomesCommand === "object" && becomesCommand !== null)
    return asAwaited(exit, bytes, becomesCommand.paths);
  const response = decodeResponse(bytes, limits.outputBytes);
  return becomesCommand === "runtime" ? asCommand(exit, response) : { exit, response };
}

/** TRUST: our program's word, since the command itself never has the socket. */
function asAwaited(exit: Exit, bytes: Uint8Array, paths: readonly string[]): Answered {
  const refusal = decodeRefusal(bytes);
  if (refusal === null) return { exit, response: null };
  const { errno } = refusal;
  const step = `execute ${paths[refusal.path] ?? ""}`;
  return { exit: { kind: "setup-failed", step, errno, code: errnoCode(errno), execute: true }, response: null };
}

/** TRUST: still our runtime's word, since the command itself never has the socket. The error's name is the errno's. */
function asCommand(exit: Exit, response: DecodedResponse): Answered {
  if (response.kind === "error")
    return {
      exit: { kind: "setup-failed", step: response.message, errno: 0, code: response.name, execute: true },
      response: null,
    };
  return { exit, response: response.kind === "missing" ? null : response };
}

const NOTHING_USED: FinalUsage = {
  cpuUserMs: 0,
  cpuSystemMs: 0,
  peakMemoryBytes: 0,
  processes: null,
  oomKills: 0,
  processRefusals: 0,
};

/** Room for the longest answer that decodeResponse could accept, and one byte to see that there was more. */
function responseRoom(limits: Limits): number {
  return limits.outputBytes + 1024 * 1024;
}

async function settledInTime(waits: readonly unknown[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = OUTPUT_GRACE_SLICES;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) resolve();
  }, OUTPUT_GRACE_SLICE_MS);
  await Promise.race([Promise.allSettled(waits), promise]);
  clearInterval(timer);
}

/** @param told what init or a failed step reported on the status socket */
function decideExit(told: Exit | null, reaped: Reaped, killed: KillCause | null, init: boolean): Exit {
  if (told !== null) return told;
  // Without an init of ours the wait status is the job's own.
  if (!init && reaped.waitStatus !== null) return exitOf(reaped.waitStatus);
  // ORDER: init is killed together with the job, so after our own kill nobody is left to tell.
  if (killed !== null && killed !== "worker-died") return { kind: "signaled", signal: SIGKILL };
  return { kind: "unknown" };
}

function exitOf(waitStatus: number): Exit {
  const end = decodeWaitStatus(waitStatus);
  if (end.kind === "exited") return { kind: "exited", code: end.code };
  return end.kind === "signaled" ? { kind: "signaled", signal: end.signal } : { kind: "unknown" };
}

interface Seen {
  readonly exit: Exit;
  readonly killed: KillCause | null;
  readonly final: FinalUsage;
  readonly wallMs: number;
  readonly outputBytes: number;
  readonly response: DecodedResponse | null;
  readonly hostStalled: boolean;
  readonly hostFailure: string | null;
}

function evidenceOf(limits: Limits, seen: Seen): Evidence {
  const { final } = seen;
  return {
    exit: seen.exit,
    killed: seen.killed,
    response: responseFact(seen.response),
    usage: {
      cpuMs: final.cpuUserMs + final.cpuSystemMs,
      cpuUserMs: final.cpuUserMs,
      cpuSystemMs: final.cpuSystemMs,
      wallMs: seen.wallMs,
      peakMemoryBytes: final.peakMemoryBytes,
      processes: final.processes,
      outputBytes: seen.outputBytes,
    },
    limits,
    oomKills: final.oomKills,
    processRefusals: final.processRefusals,
    artifactMismatch: false,
    hostStalled: seen.hostStalled,
    hostFailure: seen.hostFailure,
  };
}

function responseFact(response: DecodedResponse | null): Response {
  if (response === null) return { kind: "none" };
  switch (response.kind) {
    case "value":
      return { kind: "value" };
    case "error":
      return { kind: "error", name: response.name, message: response.message };
    default:
      return response;
  }
}
