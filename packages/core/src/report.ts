// The report of one job: what `--report FILE` writes and what results carry. Its JSON Schema is shipped as report.schema.json.
import * as v from "valibot";
import type { ControlReport } from "./controls.ts";
import { ControlReportsSchema } from "./controls-schema.ts";
import type { Usage } from "./evidence.ts";
import { CompleteLimitsSchema, type Limits } from "./limits.ts";
import { PHASES, type Phases } from "./phases.ts";
import type { BackendName } from "./policy.ts";
import { type Blame, VERDICT_STATUSES, type VerdictStatus } from "./verdict.ts";

export const REPORT_VERSION = 1;

/** How the job's process came to be: a fork of the warm worker, a fresh Bun, or the command itself. */
export type StartKind = "warm" | "cold" | "exec";

/** Milliseconds. `setupMs`: until the job's first instruction; `runMs`: from there to its end; `totalMs`: the caller's view. */
export interface Timings {
  readonly setupMs: number;
  readonly runMs: number;
  readonly totalMs: number;
  /** The same time in finer parts, which add up to `totalMs`. */
  readonly phases: Phases;
}

/** A try that another one followed. */
export interface Attempt {
  readonly status: VerdictStatus;
  readonly blame: Blame;
  readonly reason: string;
  readonly usage: Usage;
}

export interface Report {
  readonly version: typeof REPORT_VERSION;
  readonly status: VerdictStatus;
  readonly blame: Blame;
  readonly reason: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly usage: Usage;
  readonly limits: Limits;
  readonly isolation: {
    readonly backend: BackendName;
    readonly start: StartKind;
    /** Why the start is cold although a warm one was wanted; absent otherwise. */
    readonly startWhy?: string;
    readonly controls: readonly ControlReport[];
  };
  readonly timings: Timings;
  /** The tries before the one that this report is about, oldest first; absent where there was none. */
  readonly attempts?: readonly Attempt[];
}

const amount: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0));

const UsageSchema: v.GenericSchema<unknown, Usage> = v.strictObject({
  cpuMs: amount,
  cpuUserMs: amount,
  cpuSystemMs: amount,
  wallMs: amount,
  peakMemoryBytes: amount,
  processes: v.nullable(amount),
  outputBytes: amount,
});

const PhasesSchema: v.GenericSchema<unknown, Phases> = v.strictObject(v.entriesFromList(PHASES, v.nullable(amount)));

/** What happened and whose fault it was. */
const ended = {
  status: v.picklist(VERDICT_STATUSES),
  blame: v.picklist(["none", "job", "host", "ambiguous"]),
  reason: v.string(),
};

export const ReportSchema: v.GenericSchema<unknown, Report> = v.strictObject({
  version: v.literal(REPORT_VERSION),
  ...ended,
  exitCode: v.nullable(v.number()),
  signal: v.nullable(v.string()),
  usage: UsageSchema,
  limits: CompleteLimitsSchema,
  isolation: v.strictObject({
    backend: v.picklist(["linux-clone", "posix-fork"]),
    start: v.picklist(["warm", "cold", "exec"]),
    startWhy: v.exactOptional(v.string()),
    controls: ControlReportsSchema,
  }),
  timings: v.strictObject({ setupMs: amount, runMs: amount, totalMs: amount, phases: PhasesSchema }),
  attempts: v.exactOptional(v.array(v.strictObject({ ...ended, usage: UsageSchema }))),
});
