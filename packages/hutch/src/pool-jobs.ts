// One job of a pool, in the worker that its call got: taken from the standbys or launched, and seen to its end.
import {
  decideVerdict,
  encodeCommand,
  environmentList,
  executablePaths,
  type Job,
  type Limits,
  type Report,
  type StartKind,
  type Verdict,
} from "@hutch/core";
import { decodeAnswer, endedOrAborted, type Finished } from "./job-answer.ts";
import { rebuildError } from "./job-error.ts";
import { reportOf } from "./job-report.ts";
import { type AskedCommand, type JobInWorker, type LaunchedInWorker, launchInWorker } from "./launch-in-worker.ts";
import type { MemoryPressure } from "./memory-pressure.ts";
import { type JobWay, phasesOfWay } from "./moments.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import type { CheckedPoolOptions } from "./pool-options.ts";
import { type RunResult, runResult } from "./run-result.ts";
import { RUNTIME_ENV, runtimeProgram } from "./runtime-files.ts";
import { Standbys } from "./standby.ts";
import type { OpenedStdin } from "./stdin.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What a job is given beside its request. */
export interface JobCall {
  readonly worker: WorkerProcess;
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
  /** performance.now() when the caller called. */
  readonly startedMs: number;
  /** Told when nothing of the job will be left: the worker is free for the next one then. */
  readonly ending: (over: Promise<unknown>) => void;
}

export class PoolJobs {
  readonly #options: CheckedPoolOptions;
  /** A job of the runtime, but for its request. */
  readonly #answeringJob: JobInWorker;
  readonly #functions: Standbys | null;
  readonly #commands: Standbys | null;
  #memory: { readonly pressure: MemoryPressure; readonly watch: Disposable } | null = null;
  /** How jobs of functions start here. */
  readonly start: "warm" | "cold";
  /** Why the start is cold; empty otherwise. */
  readonly startWhy: string;

  constructor(options: CheckedPoolOptions, start: "warm" | "cold", why: string) {
    this.#options = options;
    this.start = start;
    this.startWhy = why;
    const { policy, limits, module, checksum } = options;
    const runtime =
      start === "cold"
        ? { argv: runtimeProgram(policy.backend), env: { ...RUNTIME_ENV, ...policy.env } }
        : { argv: [], env: policy.env };
    this.#answeringJob = {
      start,
      serves: "function",
      ...runtime,
      cwd: policy.cwd,
      limits,
      conversation: true,
      request: null,
      stdin: null,
    };
    // A command, but for what it is.
    const awaitingJob = {
      ...this.#answeringJob,
      start: "await",
      serves: "command",
      argv: [],
      env: policy.env,
    } as const;
    const perWorker = options.standby;
    const alone = options.concurrentTasksPerWorker === 1;
    this.#functions =
      perWorker > 0
        ? new Standbys(
            { ...this.#answeringJob, loadsModule: module !== null },
            { module, checksum, wanted: module !== null, perWorker, alone },
          )
        : null;
    this.#commands =
      perWorker > 0 && policy.backend !== "posix-fork"
        ? new Standbys(awaitingJob, { module: null, checksum: null, wanted: module === null, perWorker, alone })
        : null;
  }

  /** Has jobs waiting in an idle worker, if the pool wants that. */
  prepareStandbys(worker: WorkerProcess): void {
    this.#functions?.prepare(worker, true);
    this.#commands?.prepare(worker, true);
  }

  /** Standbys that wait, and why none is made. */
  get standbys(): { readonly waiting: number; readonly heldBack: string | null } {
    const waiting = this.#kinds.reduce((sum, kind) => sum + kind.waiting, 0);
    return { waiting, heldBack: this.#memory?.pressure.short ?? null };
  }

  get #kinds(): readonly Standbys[] {
    return [this.#functions, this.#commands].filter((kind) => kind !== null);
  }

  /** Lets standbys go while memory is short. Call it before any is made. */
  followMemory(pressure: MemoryPressure, on: { short(why: string, letGo: number): void; enough(): void }): void {
    const change = (): void => {
      const why = pressure.short;
      if (why !== null)
        on.short(
          why,
          this.#kinds.reduce((sum, kind) => sum + kind.hold(), 0),
        );
      else {
        for (const kind of this.#kinds) kind.resume();
        on.enough();
      }
    };
    this.#memory = { pressure, watch: pressure.watch(change) };
    if (pressure.short !== null) change();
  }

  /** A job that answers on its socket. */
  async converse<T>(call: JobCall, request: Job, decode: (bytes: Uint8Array) => T): Promise<Outcome<T>> {
    const { worker, limits, signal } = call;
    const standby = this.#functions?.take(worker, limits) ?? null;
    if (standby === null) await this.#functions?.clear(worker);
    const launched = standby ?? launchInWorker(worker, { ...this.#answeringJob, limits, request });
    try {
      const supervision = launched.begin(standby === null ? null : { kind: "request", job: request });
      const prepareNext = this.#functions?.prepareBeside(worker);
      const finished = await endedOrAborted(supervision, signal).finally(prepareNext);
      const { evidence, value } = decodeAnswer(finished, decode);
      const { output } = supervision;
      const ended = {
        ...this.#judged(call, { evidence, seen: finished.seen }, this.start, launched, {
          standby: standby !== null,
          kind: "answers",
        }),
        stdout: output.bytes("stdout"),
        stderr: output.bytes("stderr"),
      };
      if (ended.verdict.status === "ok" && value !== null) return { ...ended, ok: true, value: value.of };
      return {
        ...ended,
        ok: false,
        error: finished.response?.kind === "error" ? rebuildError(finished.response) : undefined,
      };
    } finally {
      call.ending(launched.release());
    }
  }

  /**
   * A command.
   * @param stdin closed with the launch, or after a failure
   * @param abort where it can not be fed any further
   */
  async command(
    call: JobCall,
    argv: readonly string[],
    stdin: OpenedStdin,
    on: { readonly output: (output: Output) => void; readonly feedFailed: (error: unknown) => void },
  ): Promise<RunResult> {
    const { worker } = call;
    using _end = stdin.end;
    await this.#functions?.clear(worker);
    const kind: StartKind = stdin.compressed === null ? "exec" : this.start;
    const { launched, asked, standby } = this.#startCommand(call, argv, stdin);
    try {
      const supervision = launched.begin(asked);
      asked?.stdin.close();
      const prepareNext = stdin.compressed === null ? this.#commands?.prepareBeside(worker) : undefined;
      const { output } = supervision;
      on.output(output);
      const pumped = stdin.pump?.(supervision.finished).catch(on.feedFailed);
      const finished = await endedOrAborted(supervision, call.signal).finally(prepareNext);
      await pumped;
      const { verdict, report } = this.#judged(call, finished, kind, launched, {
        standby,
        kind: standby || stdin.compressed !== null ? "becomes command" : "command",
      });
      return runResult(verdict, report, output.bytes("stdout"), output.bytes("stderr"));
    } finally {
      call.ending(launched.release());
    }
  }

  /** Takes the standby if it can become this command; otherwise launches a job for it. */
  #startCommand(
    { worker, limits }: JobCall,
    argv: readonly string[],
    stdin: OpenedStdin,
  ): { readonly launched: LaunchedInWorker; readonly asked: AskedCommand | null; readonly standby: boolean } {
    const { policy } = this.#options;
    const { compressed, end } = stdin;
    if (compressed === null) {
      const paths = executablePaths(argv[0] ?? "", policy.env.PATH);
      const frame = encodeCommand({ paths, argv, env: environmentList(policy.env) });
      const launched = frame === null ? null : (this.#commands?.take(worker, limits) ?? null);
      if (frame !== null && launched !== null)
        return { launched, asked: { kind: "command", frame, paths, stdin: end }, standby: true };
    }
    const request: Job | null = compressed === null ? null : { kind: "command", argv, stdin: compressed };
    const cold = compressed !== null && this.start === "cold";
    const program = compressed === null ? argv : cold ? runtimeProgram(policy.backend) : [];
    const launched = launchInWorker(worker, {
      start: compressed === null ? "exec" : this.start,
      serves: "command",
      argv: program,
      env: cold ? { ...RUNTIME_ENV, ...policy.env } : policy.env,
      cwd: policy.cwd,
      limits,
      conversation: request !== null,
      request,
      stdin: end,
    });
    return { launched, asked: null, standby: false };
  }

  #judged(
    { worker, limits, startedMs }: JobCall,
    { evidence, seen }: Pick<Finished, "evidence" | "seen">,
    start: StartKind,
    launched: LaunchedInWorker,
    { standby, kind }: { readonly standby: boolean; readonly kind: JobWay["kind"] },
  ): { readonly verdict: Verdict; readonly report: Report } {
    const verdict = decideVerdict(evidence);
    const resultMs = performance.now();
    const launch = standby ? null : launched.moments();
    const report = reportOf({
      verdict,
      evidence,
      limits,
      backend: worker.machine.backend.name,
      start,
      startWhy: start === "cold" ? this.startWhy : "",
      controls: worker.ready.controls,
      setupMs: standby ? 0 : launched.setupMs(),
      totalMs: resultMs - startedMs,
      phases: phasesOfWay({ startedMs, askedMs: launched.askedMs(), launch, seen, kind, resultMs }),
    });
    return { verdict, report };
  }

  /** Ends all that wait for a request. @returns when nothing of them is left */
  async close(): Promise<void> {
    this.#memory?.watch[Symbol.dispose]();
    await Promise.all([this.#functions?.close(), this.#commands?.close()]);
  }
}
