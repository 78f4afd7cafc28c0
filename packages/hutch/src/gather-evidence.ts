// From what was seen of one job to the evidence that decides its verdict.
import type { DecodedResponse, Evidence, Exit, KillCause, Limits, Response } from "@hutch/core";
import { decodeWaitStatus } from "@hutch/syscall";
import type { FinalUsage, Reaped } from "./meter.ts";

const SIGKILL = 9;

/** Of a job that never was, or that nobody measured. */
export const NOTHING_USED: FinalUsage = {
  cpuUserMs: 0,
  cpuSystemMs: 0,
  peakMemoryBytes: 0,
  processes: null,
  oomKills: 0,
  processRefusals: 0,
};

/** @param told what init or a failed step reported on the status socket */
export function decideExit(told: Exit | null, reaped: Reaped, killed: KillCause | null, init: boolean): Exit {
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
  readonly artifactMismatch: boolean;
  readonly hostStalled: boolean;
  readonly hostFailure: string | null;
}

export function evidenceOf(limits: Limits, seen: Seen): Evidence {
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
    artifactMismatch: seen.artifactMismatch,
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
    // Where it is so, that is a fact of its own.
    case "invalid-artifact":
      return {
        kind: "invalid",
        why: `it says that its prepared code is damaged, which the host does not see: ${response.why}`,
      };
    default:
      return response;
  }
}
