// The work behind a pool: leases a worker, takes or launches a job in it, and turns its end into what the caller gets.
import {
  decideVerdict,
  decodeValue,
  encodeCommand,
  encodeValue,
  type Job,
  JobError,
  type Limits,
  type Payload,
  parseLimits,
  parseWasmDescription,
  type StartKind,
} from "@hutch/core";
import { type Artifact, artifactOf, moduleBytes } from "./artifact.ts";
import { environmentList, executablePaths } from "./exec-arguments.ts";
import { decodeAnswer, endedOrAborted } from "./job-answer.ts";
import { rebuildError } from "./job-error.ts";
import { type CommandOptions, checkArgv, type JobOptions, payloadOf, type WasiOptions } from "./job-options.ts";
import { reportOf } from "./job-report.ts";
import { type AskedCommand, type JobInWorker, type LaunchedInWorker, launchInWorker } from "./launch-in-worker.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import type { CheckedPoolOptions } from "./pool-options.ts";
import { type RunResult, runResult } from "./run-result.ts";
import { type RunningJob, runningJob } from "./running-job.ts";
import { RUNTIME_ENV, runtimeProgram } from "./runtime-files.ts";
import { Standbys } from "./standby.ts";
import { type OpenedStdin, openStdin } from "./stdin.ts";
import type { WorkerProcess } from "./worker-process.ts";
import type { WorkerSlots } from "./worker-slots.ts";

export class WorkerPool {
  readonly #options: CheckedPoolOptions;
  readonly #slots: WorkerSlots;
  /** A job of the runtime, but for its request. */
  readonly #answeringJob: JobInWorker;
  /** A command, but for what it is. */
  readonly #awaitingJob: JobInWorker;
  readonly #functions: Standbys | null;
  readonly #commands: Standbys | null;
  readonly start: "warm" | "cold";
  readonly startWhy: string;

  constructor(options: CheckedPoolOptions, slots: WorkerSlots, start: "warm" | "cold", why: string) {
    this.#options = options;
    this.#slots = slots;
    this.start = start;
    this.startWhy = why;
    const { policy, limits } = options;
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
    this.#awaitingJob = { ...this.#answeringJob, start: "await", serves: "command", argv: [], env: policy.env };
    const { module } = options;
    this.#functions = options.standby
      ? new Standbys({ ...this.#answeringJob, loadsModule: module !== null }, module, module !== null)
      : null;
    this.#commands =
      options.standby && policy.backend !== "posix-fork"
        ? new Standbys(this.#awaitingJob, null, module === null)
        : null;
    slots.onIdle = (worker) => this.#prepareStandbys(worker);
  }

  /** Has jobs waiting in every worker, if the pool wants that. */
  prepareStandbys(workers: readonly WorkerProcess[]): void {
    for (const worker of workers) this.#prepareStandbys(worker);
  }

  #prepareStandbys(worker: WorkerProcess): void {
    this.#functions?.prepare(worker, true);
    this.#commands?.prepare(worker, true);
  }

  async call(name: string, args: readonly unknown[] | Payload, options: JobOptions = {}): Promise<unknown> {
    const outcome = await this.execute(name, args, options);
    if (!outcome.ok) throw new JobError(outcome.verdict, outcome.error);
    return outcome.value;
  }

  async execute(name: string, args: readonly unknown[] | Payload, options: JobOptions = {}): Promise<Outcome> {
    const { module } = this.#options;
    if (module === null) throw new TypeError(`Cannot call "${name}": the pool was created without a module`);
    if (typeof name !== "string")
      throw new TypeError(`Cannot call an export: expected its name, received ${typeof name}`);
    const payload = Array.isArray(args)
      ? ({ bytes: encodeValue(args, "args"), compression: "none" } as const)
      : payloadOf(args as Payload, `the arguments of "${name}"`);
    return await this.#converse({ kind: "function", module, exportName: name, args: payload }, options, decodeValue);
  }

  async wasm(
    artifact: Artifact,
    exportName: string,
    input: Uint8Array | Payload,
    options: JobOptions = {},
  ): Promise<Outcome<Uint8Array>> {
    return await this.#converse(
      { kind: "wasm", module: moduleBytes(artifact), exportName, input: payloadOf(input, "the input") },
      options,
      (bytes) => bytes,
    );
  }

  async wasi(artifact: Artifact, argv: readonly string[], options: WasiOptions = {}): Promise<Outcome<null>> {
    checkArgv(argv);
    const { stdin, ...rest } = options;
    const job: Job = {
      kind: "wasi",
      module: moduleBytes(artifact),
      argv,
      stdin: payloadOf(stdin ?? new Uint8Array(), "stdin"),
    };
    return await this.#converse(job, rest, () => null);
  }

  async prepare(given: Uint8Array, options: JobOptions = {}): Promise<Artifact> {
    // ORDER: copied first, so that what is validated, hashed and kept are the same bytes.
    const module = given.slice();
    const request: Job = { kind: "wasm-prepare", module: { bytes: module, compression: "none" } };
    const outcome = await this.#converse(request, options, (bytes) => parseWasmDescription(decodeValue(bytes)));
    if (!outcome.ok) throw new JobError(outcome.verdict, outcome.error);
    return artifactOf(module, outcome.value);
  }

  /** A job that answers on its socket. */
  async #converse<T>(request: Job, options: JobOptions, decode: (bytes: Uint8Array) => T): Promise<Outcome<T>> {
    const startedMs = performance.now();
    const limits = parseLimits(options.limits ?? {}, this.#options.limits);
    const lease = await this.#slots.lease({ signal: options.signal });
    let over: Promise<unknown> = Promise.resolve();
    try {
      const standby = this.#functions?.take(lease.worker, limits) ?? null;
      if (standby === null) await this.#functions?.clear(lease.worker);
      const launched = standby ?? launchInWorker(lease.worker, { ...this.#answeringJob, limits, request });
      try {
        const supervision = launched.begin(standby === null ? null : { kind: "request", job: request });
        const prepareNext = this.#functions?.prepareBeside(lease.worker);
        const finished = await endedOrAborted(supervision, options.signal).finally(prepareNext);
        const { evidence, value } = decodeAnswer(finished, decode);
        const verdict = decideVerdict(evidence);
        const { output } = supervision;
        const report = this.#report({
          verdict,
          evidence,
          limits,
          startedMs,
          setupMs: standby === null ? launched.setupMs() : 0,
          worker: lease.worker,
          start: this.start,
        });
        const ended = { verdict, report, stdout: output.bytes("stdout"), stderr: output.bytes("stderr") };
        if (verdict.status === "ok" && value !== null) return { ...ended, ok: true, value: value.of };
        return {
          ...ended,
          ok: false,
          error: finished.response?.kind === "error" ? rebuildError(finished.response) : undefined,
        };
      } finally {
        over = launched.release();
      }
    } finally {
      lease.release(over);
    }
  }

  run(argv: readonly string[], options: CommandOptions = {}): RunningJob {
    checkArgv(argv);
    const limits = parseLimits(options.limits ?? {}, this.#options.limits);
    const startedMs = performance.now();
    const opened = Promise.withResolvers<Output | null>();
    const abort = new AbortController();
    const signal = options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal]);
    const result = (async (): Promise<RunResult> => {
      const lease = await this.#slots.lease({ signal });
      let over: Promise<unknown> = Promise.resolve();
      try {
        await this.#functions?.clear(lease.worker);
        const stdin = openStdin(options.stdin);
        const { compressed } = stdin;
        const kind: StartKind = compressed === null ? "exec" : this.start;
        const { launched, asked, standby } = this.#startCommand(lease.worker, argv, stdin, limits);
        try {
          const supervision = launched.begin(asked);
          asked?.stdin.close();
          const prepareNext = compressed === null ? this.#commands?.prepareBeside(lease.worker) : undefined;
          const { output } = supervision;
          opened.resolve(output);
          const pumped = stdin.pump?.(supervision.finished).catch((error: unknown) => abort.abort(error));
          const { evidence } = await endedOrAborted(supervision, signal).finally(prepareNext);
          await pumped;
          const verdict = decideVerdict(evidence);
          const report = this.#report({
            verdict,
            evidence,
            limits,
            startedMs,
            setupMs: standby ? 0 : launched.setupMs(),
            worker: lease.worker,
            start: kind,
          });
          return runResult(verdict, report, output.bytes("stdout"), output.bytes("stderr"));
        } finally {
          over = launched.release();
        }
      } finally {
        lease.release(over);
      }
    })();
    // ORDER: with the result, whichever way it went: a job that never started has no output to wait for.
    const never = (): void => opened.resolve(null);
    result.then(never, never);
    return runningJob({ result, output: opened.promise, kill: (reason) => abort.abort(reason) });
  }

  /** Takes the standby if it can become this command; otherwise launches a job for it. */
  #startCommand(
    worker: WorkerProcess,
    argv: readonly string[],
    stdin: OpenedStdin,
    limits: Limits,
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

  #report(
    facts: Pick<Parameters<typeof reportOf>[0], "verdict" | "evidence" | "limits" | "setupMs"> & {
      readonly startedMs: number;
      readonly worker: WorkerProcess;
      readonly start: StartKind;
    },
  ): ReturnType<typeof reportOf> {
    return reportOf({
      ...facts,
      backend: facts.worker.machine.backend.name,
      startWhy: facts.start === "cold" ? this.startWhy : "",
      controls: facts.worker.ready.controls,
      totalMs: performance.now() - facts.startedMs,
    });
  }

  async close(): Promise<void> {
    this.#functions?.close();
    this.#commands?.close();
    await this.#slots.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
