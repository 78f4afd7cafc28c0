// Watches one job from launch to end and gathers the evidence. The same for a job of this process and for one of a worker.
// RULE: facts only. What they mean is decided by decideVerdict.
import {
  type DecodedResponse,
  decodeMoments,
  type Evidence,
  type KillCause,
  type LaunchPlan,
  type Limits,
} from "@hutch/core";
import { decodeStatusRecords, parseStatusRecords, type StatusRecords } from "@hutch/linux-clone";
import { type Deadlines, watchDeadlines } from "./deadlines.ts";
import type { HostEnds } from "./descriptors.ts";
import { decideExit, evidenceOf, NOTHING_USED } from "./gather-evidence.ts";
import type { Meter, Reaped } from "./meter.ts";
import type { SeenMoments } from "./moments.ts";
import { Output } from "./output.ts";
import { type BecomesCommand, readAnswer } from "./read-answer.ts";
import { collectSocket } from "./socket-bytes.ts";

/** Status records are a few hundred bytes; anything longer is not ours. */
const STATUS_BYTES = 4096;
/** After a job's last process ended its pipes are closed, unless the job gave them to somebody else: do not wait for that. */
const OUTPUT_GRACE_SLICES = 10;
/** A host that stood still uses up one of these, and then reads what came meanwhile. */
const OUTPUT_GRACE_SLICE_MS = 50;

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
  /** The job becomes a command, and answers only when that fails. */
  readonly becomesCommand?: BecomesCommand | null;
  /** What failed on our side, if there never was a job. */
  readonly hostFailure?: () => string | null;
  /** Asked when the job says that its prepared code is not what the request says: whether that is so. */
  readonly isCodeDamaged?: () => boolean;
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
    const { exit, response } = readAnswer(job.becomesCommand ?? null, exited, answerBytes, limits.outputBytes);
    const artifactMismatch = response?.kind === "invalid-artifact" && job.isCodeDamaged?.() === true;
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
        artifactMismatch,
        hostStalled: deadlines.some(({ hostStalled }) => hostStalled),
        hostFailure: job.hostFailure?.() ?? null,
      }),
    };
  };
  return { output, finished: gather(), end };
}

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
