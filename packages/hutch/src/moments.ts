// What was seen of a job's way, and by whom: the launcher, the host, and the job's own runtime. Phases are what lies between.
import { type JobMoments, type Phases, phasesOf, type Started } from "@hutch/core";
import { type LaunchMoments, monotonicOf } from "@hutch/syscall";

/** Milliseconds of performance.now() in this process. null: it did not happen, or nobody saw it. */
export interface SeenMoments {
  /** The last of the answer has come, or the end of the socket where what waited on it became the command. */
  readonly answerMs: number | null;
  /** Init told how the first process ended. */
  readonly endedMs: number | null;
  /** Nothing of the job is left that its result waits for. */
  readonly overMs: number;
  /** TRUST: the job's word. */
  readonly told: JobMoments | null;
}

export interface JobWay {
  /** The caller called. */
  readonly startedMs: number;
  /** The job was asked for what it does: the launch, or the request to a standby. */
  readonly askedMs: number;
  /** null for a standby, whose launch is not its request's. */
  readonly launch: LaunchMoments | null;
  readonly seen: SeenMoments;
  /** It answers, or it is a command: its own, or what something that waited or inflated its stdin becomes. */
  readonly kind: "answers" | "command" | "becomes command";
  readonly resultMs: number;
}

/** Of a launch in a worker. @param started in the clock that all processes share */
export function momentsHere(started: Started): LaunchMoments {
  const begunMs = toHere(started.begunMicros / 1000);
  const moment = (micros: number): number | null => (micros === 0 ? null : begunMs + micros / 1000);
  return {
    begunMs,
    clonedMs: moment(started.clonedMicros),
    walkedMs: moment(started.walkedMicros),
    executedMs: moment(started.executedMicros),
  };
}

function toHere(atMonotonicMs: number): number {
  return atMonotonicMs - monotonicOf(0);
}

export function phasesOfWay({ startedMs, askedMs, launch, seen, kind, resultMs }: JobWay): Phases {
  const { answerMs, endedMs, overMs } = seen;
  const answers = kind === "answers";
  // A moment that the job tells is none after its answer has come.
  const told = (atMs: number | undefined): number | null =>
    !answers || answerMs === null || atMs === undefined || atMs === 0 ? null : Math.min(answerMs, toHere(atMs));
  const answered = told(seen.told?.answeredMs);
  return phasesOf(
    startedMs,
    {
      prepare: launch?.begunMs ?? askedMs,
      clone: launch?.clonedMs ?? null,
      steps: launch === null ? null : (launch.walkedMs ?? told(seen.told?.walkedMs)),
      start: launch === null ? null : (told(seen.told?.startedMs) ?? launch.executedMs),
      request: kind === "becomes command" ? answerMs : told(seen.told?.requestReadMs),
      run: answered ?? (answers ? answerMs : null) ?? endedMs ?? overMs,
      response: answered === null ? null : answerMs,
      exit: endedMs === null ? null : overMs,
    },
    resultMs,
  );
}
