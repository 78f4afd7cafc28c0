// sandbox-cli run: one command, its streams passed through, its end as our exit status.
import { type OutputChunk, type PolicyLayer, run, type Verdict } from "hutch";
import { exitStatus } from "../exit-status.ts";
import { onInterruption, outputClosed } from "../interruption.ts";
import { limitsOf, policyOf } from "../job-flags.ts";
import type { Flags } from "../parse-flags.ts";
import { describeNotFound } from "../report/not-found.ts";
import { isBrokenPipe, openOut } from "../write-out.ts";

export async function runCommand(flags: Flags): Promise<number> {
  const limits = limitsOf(flags);
  const policy = policyOf(flags, process.cwd());
  const reportPath = flags.value("report");
  using report =
    reportPath === undefined ? null : (await import("../report/report-file.ts")).openReportFile(reportPath);
  const stop = new AbortController();
  const signal = AbortSignal.any([onInterruption(), stop.signal]);
  const own = flags.has("tty") ? await import("../own-terminal.ts") : null;
  const terminal = own === null ? {} : { terminal: own.ownTerminalSize() };
  const job = run(flags.rest, { limits, policy, signal, stdin: { inherit: true }, ...terminal });
  const giveBack = own?.lendTerminal(job);

  const out = { stdout: openOut(1), stderr: openOut(2) };
  const writes: Promise<void>[] = [];
  let last: OutputChunk | undefined;
  for await (const chunk of job) {
    last = chunk;
    const written = out[chunk.stream].write(chunk.bytes);
    written.catch((error: unknown) => stop.abort(isBrokenPipe(error) ? outputClosed() : error));
    writes.push(written);
  }
  const { verdict, report: facts } = await job.finally(() => giveBack?.());
  report?.write(facts);
  await untilStopped(Promise.all(writes), signal);
  if (verdict.status !== "ok" && !flags.has("quiet"))
    await out.stderr.write(await describeEnd(verdict, flags, policy, last));
  return exitStatus(verdict);
}

async function describeEnd(
  verdict: Verdict,
  flags: Flags,
  policy: PolicyLayer,
  last: OutputChunk | undefined,
): Promise<string> {
  const { styleFor } = await import("../report/style.ts");
  const { verdictLine } = await import("../report/verdict-line.ts");
  const { endOfCutLine } = await import("../report/cut-line.ts");
  const line = verdictLine(verdict, await styleFor(2), saidOf(verdict, flags.rest[0] ?? "", policy));
  return endOfCutLine(last) + line;
}

function saidOf({ executeError, reason }: Verdict, command: string, policy: PolicyLayer): readonly string[] {
  if (executeError === null) return [reason];
  if (executeError !== "ENOENT") return [`"${command}" is there and could not be executed: ${executeError}`];
  return describeNotFound(command, policy, process.cwd());
}

/** A reader that never reads must not keep a signal from ending us. */
async function untilStopped(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  await Promise.race([work, promise]);
}
