// run(): one command in a sandbox of its own, launched from this process.
import { decideVerdict } from "@hutch/core";
import type { TerminalSize } from "@hutch/syscall";
import { type JobDescriptors, openDescriptors } from "./descriptors.ts";
import { hostFailure } from "./host-failure.ts";
import { checkRunOptions, type RunOptions } from "./job-options.ts";
import { reportOf } from "./job-report.ts";
import { type JobTerminal, openJobTerminal } from "./job-terminal.ts";
import { type LaunchedHere, launchHere } from "./launch-here.ts";
import { phasesOfWay } from "./moments.ts";
import { throwPolicyFailure } from "./policy-failure.ts";
import { sendRequest } from "./request.ts";
import { type RunResult, runResult } from "./run-result.ts";
import { type RunningJob, runningJob } from "./running-job.ts";
import { runtimeProgram, withRuntime } from "./runtime-files.ts";
import { keysOf, openStdin } from "./stdin.ts";

/**
 * Runs a command that nobody trusts and gathers its output, its usage and one verdict.
 * The job's end is never an exception; `orThrow()` of the result makes it one.
 * @param argv the program, looked up in PATH inside the sandbox, and its arguments
 * @throws TypeError or RangeError, at once, for wrong options. The promise rejects with SandboxRefusedError where a
 * required control is missing, HostError for a failure on our side, `signal.reason` after an abort.
 * @example const { stdout, verdict } = await run(["python3", "-c", "print(6*7)"], { limits: { cpuMs: 1000 } });
 */
export function run(argv: readonly string[], options: RunOptions = {}): RunningJob {
  const { limits, policy, handlers } = checkRunOptions(argv, options);
  const startedMs = performance.now();
  const state: {
    launched: LaunchedHere | null;
    ended: { readonly reason: unknown } | null;
    terminal: JobTerminal | null;
  } = { launched: null, ended: null, terminal: null };
  const kill = (reason: unknown): void => {
    state.ended ??= { reason };
    state.launched?.supervision.end("aborted");
  };
  const onAbort = (): void => kill(options.signal?.reason);

  // An async function runs to its first await at once: the command has started when run() returns.
  const result = (async (): Promise<RunResult> => {
    options.signal?.throwIfAborted();
    using terminal = options.terminal === undefined ? null : openJobTerminal(options.terminal);
    state.terminal = terminal;
    const stdin = terminal === null ? openStdin(options.stdin) : null;
    const compressed = stdin?.compressed ?? null;
    const pipes = (): JobDescriptors =>
      openDescriptors({ ...(stdin === null ? {} : { stdin: stdin.end }), conversation: compressed !== null });
    const descriptors = terminal?.descriptors ?? pipes();
    // ORDER: the request waits in the socket before the job exists.
    if (compressed !== null && descriptors.host.job !== null) {
      sendRequest(descriptors.host.job.fd, { kind: "command", argv, stdin: compressed }, { env: policy.env, limits });
    }
    const job = launchHere({
      // A compressed stdin is inflated inside the job by our runtime, which then becomes the command.
      argv: compressed === null ? argv : runtimeProgram(policy.backend),
      policy: compressed === null ? policy : withRuntime(policy),
      handlers,
      limits,
      descriptors,
      limited: true,
    });
    state.launched = job;
    const { supervision } = job;
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      terminal?.start(keysOf(options.stdin)).catch(kill);
      const pumped = stdin?.pump?.(supervision.finished).catch(kill);
      const { evidence, seen } = await supervision.finished;
      await pumped;
      if (state.ended !== null && evidence.killed === "aborted") throw state.ended.reason;
      throwPolicyFailure(evidence.exit);
      if (evidence.killed === null) job.explain(evidence.exit);
      const verdict = decideVerdict(evidence);
      const resultMs = performance.now();
      const report = reportOf({
        verdict,
        evidence,
        limits,
        backend: job.machine.backend.name,
        start: compressed === null ? "exec" : "cold",
        startWhy: compressed === null ? "" : "a compressed stdin is inflated by our runtime inside the job",
        controls: job.controls,
        setupMs: job.setupMs,
        totalMs: resultMs - startedMs,
        phases: phasesOfWay({
          startedMs,
          askedMs: job.moments.begunMs,
          launch: job.moments,
          seen,
          kind: compressed === null ? "command" : "becomes command",
          resultMs,
        }),
      });
      return runResult(verdict, report, supervision.output.bytes("stdout"), supervision.output.bytes("stderr"));
    } finally {
      options.signal?.removeEventListener("abort", onAbort);
      job.release();
    }
  })().catch((error: unknown) => {
    throw hostFailure(error, "run the job");
  });
  const resize = (size: TerminalSize): void => state.terminal?.resize(size);
  return runningJob({ result, output: Promise.resolve(state.launched?.supervision.output ?? null), kill, resize });
}
