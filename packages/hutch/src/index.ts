export {
  type AnswerOfLooking,
  type ArtifactManifest,
  type Attempt,
  type Blame,
  type CallAnswer,
  type CallerMemory,
  type CallHandler,
  type CallHandlers,
  CONTROL_NAMES,
  type ControlName,
  type ControlReport,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  type FileEntry,
  HostError,
  HUTCH_VERSION,
  INDISPENSABLE_CONTROLS,
  isHutchError,
  JobError,
  type LaunchPlan,
  type Limits,
  nearestName,
  type Payload,
  PHASES,
  type Phase,
  type Phases,
  type Policy,
  type PolicyInput,
  type PolicyLayer,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
  parseLimits,
  parsePolicy,
  type Report,
  ReportSchema,
  SandboxRefusedError,
  type Step,
  type SupervisedCall,
  type SuperviseInput,
  type TcpPorts,
  type UnixSockets,
  type Usage,
  VERDICT_STATUSES,
  type Verdict,
  type VerdictStatus,
} from "@hutch/core";
export type { TerminalSize } from "@hutch/syscall";
export { type Artifact, loadArtifact } from "./artifact.ts";
export type { CallOptions, CommandOptions, WasiOptions } from "./call-options.ts";
export { type DoctorReport, probe } from "./doctor.ts";
export { type ExplainedPlan, explain } from "./explain.ts";
export type { Priority } from "./fair-queue.ts";
export type { JobOptions, RunOptions, Stdin } from "./job-options.ts";
export { loadPolicy } from "./load-policy.ts";
export type { Outcome } from "./outcome.ts";
export type { OutputChunk } from "./output.ts";
export { createPool, type FunctionName, type Pool } from "./pool.ts";
export type { CallLost, JobEnded, PoolEvents } from "./pool-events.ts";
export type { PoolOptions } from "./pool-options.ts";
export type { PoolStats } from "./pool-stats.ts";
export { type PrepareOptions, prepare } from "./prepare.ts";
export { run } from "./run.ts";
export type { RunResult } from "./run-result.ts";
export type { RunningJob } from "./running-job.ts";
export { type ArtifactStore, openStore, type StoreStats } from "./store/artifact-store.ts";
export type { StoreOptions } from "./store/store-options.ts";
