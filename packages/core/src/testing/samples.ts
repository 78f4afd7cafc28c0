// Whole, valid samples for tests: each takes the parts that a test is about.
import type { Evidence, Usage } from "../evidence.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { phasesOf } from "../phases.ts";
import { REPORT_VERSION, type Report } from "../report.ts";

export function sampleUsage(parts: Partial<Usage> = {}): Usage {
  return {
    cpuMs: 12,
    cpuUserMs: 8,
    cpuSystemMs: 4,
    wallMs: 20,
    peakMemoryBytes: 2 ** 23,
    processes: 2,
    outputBytes: 5,
    ...parts,
  };
}

/** A function job that returned a value, far below every limit. */
export function sampleEvidence(parts: Partial<Evidence> = {}): Evidence {
  return {
    exit: { kind: "exited", code: 0 },
    killed: null,
    response: { kind: "value" },
    usage: sampleUsage(),
    limits: DEFAULT_LIMITS,
    oomKills: 0,
    processRefusals: 0,
    artifactMismatch: false,
    hostStalled: false,
    hostFailure: null,
    ...parts,
  };
}

/** The report of a command that exited with 0. */
export function sampleReport(parts: Partial<Report> = {}): Report {
  return {
    version: REPORT_VERSION,
    status: "ok",
    blame: "none",
    reason: "it exited with 0",
    exitCode: 0,
    signal: null,
    usage: sampleUsage(),
    limits: DEFAULT_LIMITS,
    isolation: {
      backend: "linux-clone",
      start: "exec",
      controls: [
        { name: "user-namespace", state: "enforced", why: "the job has no id of the host" },
        { name: "landlock", state: "unavailable", why: "the kernel has no landlock", fix: "boot with lsm=landlock" },
      ],
    },
    timings: {
      setupMs: 1.5,
      runMs: 18,
      totalMs: 20.25,
      phases: phasesOf(0, { prepare: 0.25, clone: 0.5, steps: 1.25, start: 1.75, run: 19.25, exit: 19.75 }, 20.25),
    },
    ...parts,
  };
}
