// The report of one job, put together from what launch and supervision know.
import {
  type BackendName,
  type ControlReport,
  type Evidence,
  type Limits,
  type Phases,
  REPORT_VERSION,
  type Report,
  type StartKind,
  type Verdict,
} from "@hutch/core";

export interface ReportFacts {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly limits: Limits;
  readonly backend: BackendName;
  readonly start: StartKind;
  /** Why the start is cold; empty where there is nothing to explain. */
  readonly startWhy: string;
  readonly controls: readonly ControlReport[];
  readonly setupMs: number;
  readonly totalMs: number;
  readonly phases: Phases;
}

export function reportOf(facts: ReportFacts): Report {
  const { verdict, evidence } = facts;
  return {
    version: REPORT_VERSION,
    status: verdict.status,
    blame: verdict.blame,
    reason: verdict.reason,
    exitCode: verdict.exitCode,
    signal: verdict.signal,
    usage: evidence.usage,
    limits: facts.limits,
    isolation: {
      backend: facts.backend,
      start: facts.start,
      ...(facts.startWhy === "" ? {} : { startWhy: facts.startWhy }),
      controls: facts.controls,
    },
    timings: {
      setupMs: facts.setupMs,
      runMs: Math.max(0, evidence.usage.wallMs - facts.setupMs),
      totalMs: facts.totalMs,
      phases: facts.phases,
    },
  };
}
