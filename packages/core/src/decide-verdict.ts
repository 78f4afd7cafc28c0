// The only place that says what a job's end means. Pure: evidence in, verdict out. The first cause wins.
// TRUST: nothing that a job can write or do may lead to "internal" or to blame "host".
import type { Evidence, Exit, KillCause } from "./evidence.ts";
import { sentence } from "./sentence.ts";
import { signalName } from "./signals.ts";
import type { Blame, Retry, Verdict, VerdictStatus } from "./verdict.ts";

const SIGKILL = 9;
const SIGXFSZ = 25;
const SIGSYS = 31;

const RULES: Readonly<Record<VerdictStatus, readonly [Blame, Retry]>> = {
  ok: ["none", "no"],
  failed: ["job", "no"],
  "cpu-limit": ["job", "no"],
  "wall-limit": ["job", "no"],
  "memory-limit": ["job", "no"],
  "output-limit": ["job", "no"],
  "process-limit": ["job", "no"],
  "disk-limit": ["job", "no"],
  signaled: ["ambiguous", "once"],
  violation: ["job", "no"],
  "invalid-payload": ["job", "no"],
  "invalid-artifact": ["host", "yes"],
  "invalid-response": ["ambiguous", "once"],
  "worker-died": ["ambiguous", "once"],
  internal: ["host", "yes"],
};

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export function decideVerdict(evidence: Evidence): Verdict {
  const [status, reason] = decide(evidence);
  const [blame, retry] = RULES[status];
  const { exit } = evidence;
  // A wall timeout while the host itself stalled proves nothing about the job.
  const stalled = status === "wall-limit" && evidence.hostStalled;
  return {
    status,
    blame: stalled ? "ambiguous" : blame,
    retry: stalled ? "once" : retry,
    reason: sentence(stalled ? `${reason}, while the host itself was stalled` : reason),
    exitCode: exit.kind === "exited" ? exit.code : null,
    signal: exit.kind === "signaled" ? signalName(exit.signal) : exit.kind === "violated" ? "SIGSYS" : null,
    executeError: exit.kind === "setup-failed" && exit.execute ? exit.code : null,
  };
}

type Decision = readonly [status: VerdictStatus, reason: string];

function decide(evidence: Evidence): Decision {
  const { exit, killed, hostFailure } = evidence;
  // ORDER: as they can happen. The checksum is compared before any code of the artifact runs, a failed setup means that no code of the job
  // ever ran, and after a limit's kill a failure of ours changes nothing: had it come first, it would be the cause.
  if (evidence.artifactMismatch) return ["invalid-artifact", "the artifact's bytes do not match its checksum"];
  if (exit.kind === "setup-failed") return hostFailure === null ? decideSetup(exit) : ["internal", hostFailure];
  if (killed !== null && killed !== "host-failure") return [killedStatus(killed), killedReason(killed, evidence)];
  if (hostFailure !== null) return ["internal", hostFailure];
  if (killed !== null) return [killedStatus(killed), killedReason(killed, evidence)];
  return decideLimit(evidence) ?? decideEnd(evidence);
}

function decideSetup(exit: Extract<Exit, { kind: "setup-failed" }>): Decision {
  if (exit.execute) return ["failed", `the command could not be executed: ${exit.step}: ${exit.code}`];
  return ["internal", `the sandbox could not be set up: ${exit.step}: ${exit.code}`];
}

/** Limits that no kill of ours enforced: the kernel did, or the job ended by itself in the moment in which it passed one. */
function decideLimit(evidence: Evidence): Decision | null {
  const { usage, limits, exit } = evidence;
  const ended = exit.kind === "signaled" ? exit.signal : 0;
  if (evidence.oomKills > 0 && !clean(evidence))
    return ["memory-limit", `the kernel ended it at ${mib(limits.memoryBytes)} of memory`];
  // The final figure decides, also for a job that got past the limit in its last tick and then ended by itself. RLIMIT_CPU lies
  // well above the limit: a SIGXCPU or SIGKILL below it is somebody else's.
  if (usage.cpuMs > limits.cpuMs) return ["cpu-limit", killedReason("cpu-limit", evidence)];
  if (ended === SIGXFSZ) return ["disk-limit", "it wrote a file past the largest size allowed"];
  if (usage.outputBytes > limits.outputBytes) return ["output-limit", killedReason("output-limit", evidence)];
  if (usage.wallMs >= limits.wallMs && ended === SIGKILL) return ["wall-limit", killedReason("wall-limit", evidence)];
  if (evidence.processRefusals > 0 && !clean(evidence))
    return ["process-limit", `the kernel refused it more than ${limits.processes} processes`];
  return null;
}

function clean({ exit, response }: Evidence): boolean {
  return exit.kind === "exited" && exit.code === 0 && (response.kind === "none" || response.kind === "value");
}

function killedStatus(cause: KillCause): VerdictStatus {
  if (cause === "aborted" || cause === "host-failure") return "internal";
  return cause;
}

function killedReason(cause: KillCause, { usage, limits }: Evidence): string {
  switch (cause) {
    case "cpu-limit":
      return `it used ${usage.cpuMs.toFixed(0)} ms of CPU time, ${limits.cpuMs} are allowed`;
    case "wall-limit":
      return `it ran for ${usage.wallMs.toFixed(0)} ms, ${limits.wallMs} are allowed`;
    case "memory-limit":
      return `it used ${mib(usage.peakMemoryBytes)} of memory, ${mib(limits.memoryBytes)} are allowed`;
    case "output-limit":
      return `it sent more than ${limits.outputBytes} bytes of output`;
    case "process-limit":
      return `it had more than ${limits.processes} processes`;
    case "disk-limit":
      return "it wrote more than its disk allows";
    case "worker-died":
      return "the worker ended under it";
    case "aborted":
      return "the caller aborted it";
    case "host-failure":
      return "the host ended it because of a failure of its own";
  }
}

function decideEnd({ exit, response }: Evidence): Decision {
  if (exit.kind === "unknown") return ["worker-died", "nobody saw how it ended"];
  if (exit.kind === "violated") return ["violation", `it made the forbidden system call ${exit.call}`];
  if (exit.kind === "signaled") {
    if (exit.signal === SIGSYS)
      return ["violation", "it ended by SIGSYS, as the kernel ends what makes a forbidden system call"];
    return ["signaled", `it ended by ${signalName(exit.signal)}, which no limit explains`];
  }
  const code = exit.kind === "exited" ? exit.code : 0;
  switch (response.kind) {
    case "none":
      return code === 0 ? ["ok", "it exited with 0"] : ["failed", `it exited with ${code}`];
    case "value":
      return code === 0
        ? ["ok", "it returned a value"]
        : ["invalid-response", `it answered with a value and exited with ${code}`];
    case "error":
      return code === 0
        ? ["failed", `${response.name}: ${response.message}`]
        : ["invalid-response", `it answered with an error and exited with ${code}`];
    case "invalid-payload":
      return code === 0
        ? ["invalid-payload", response.why]
        : ["invalid-response", `it refused its payload and exited with ${code}`];
    case "missing":
      return code === 0
        ? ["invalid-response", "it exited with 0 and did not answer"]
        : ["failed", `it exited with ${code} and did not answer`];
    case "invalid":
      return ["invalid-response", response.why];
  }
}
