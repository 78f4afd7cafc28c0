export type { ArtifactManifest, BundleManifest, FileManifest } from "./artifact.ts";
export type { Backend, HostIds, JobUse, PlannedLaunch, PlanRequest, Probe } from "./backend.ts";
export type {
  AnswerOfLooking,
  CallAnswer,
  CallerMemory,
  CallHandler,
  CallHandlers,
  SupervisedCall,
  SuperviseInput,
} from "./call-handler.ts";
export {
  CONTROL_NAMES,
  type ControlName,
  type ControlReport,
  type ControlState,
  INDISPENSABLE_CONTROLS,
  missingControls,
} from "./controls.ts";
export { decideVerdict } from "./decide-verdict.ts";
export { type ErrorCode, HostError, isHutchError, JobError, SandboxRefusedError } from "./errors.ts";
export type { Evidence, Exit, KillCause, Response, Usage } from "./evidence.ts";
export { environmentList, executablePaths } from "./exec-arguments.ts";
export type { Compression, Job, JobKind, Payload } from "./job.ts";
export {
  describeStandstill,
  describeStep,
  type LateName,
  type LaunchPlan,
  planSteps,
  type Step,
  type StepArgument,
  type StepFailure,
} from "./launch-plan.ts";
export { DEFAULT_LIMITS, type Limits, LimitsSchema, parseLimits } from "./limits.ts";
export { nearestName } from "./nearest-name.ts";
export { parseOptions, suggest } from "./options.ts";
export { PHASES, type Phase, type PhaseEnds, type Phases, phasesOf } from "./phases.ts";
export {
  type BackendChoice,
  type BackendName,
  DEFAULT_PATH,
  DEFAULT_POLICY,
  type FileEntry,
  FileEntrySchema,
  type Network,
  type Policy,
  PolicySchema,
  parsePolicy,
  type TcpPorts,
  type UnixSockets,
} from "./policy.ts";
export { type PolicyInput, type PolicyLayer, PRESET_NAMES, type PresetName } from "./policy-layer.ts";
export { flattenPolicy, isPresetName, type ParsedPolicy, parsePolicyInput } from "./policy-layers.ts";
export { PRESETS } from "./presets.ts";
export { type Digest, encodeArtifact, parseArtifact } from "./protocol/artifact-file.ts";
export {
  decodeHostMessage,
  decodeStatusReply,
  decodeWorkerMessage,
  encodeHostMessage,
  encodeStatusReply,
  encodeWorkerMessage,
  MAX_MESSAGE_BYTES,
} from "./protocol/codec.ts";
export {
  type AwaitedCommand,
  decodeRefusal,
  encodeCommand,
  MAX_COMMAND_BYTES,
  MAX_COMMAND_TEXTS,
  type Refusal,
} from "./protocol/command-frame.ts";
export { refuseHello, type Versions } from "./protocol/handshake.ts";
export * from "./protocol/job-frames.ts";
export { JobLedger } from "./protocol/job-ledger.ts";
export { JOB_TRANSITIONS, type JobEvent, type JobPhase, nextPhase } from "./protocol/job-phases.ts";
export type * from "./protocol/messages.ts";
export { attachedTo, PROTOCOL_VERSION } from "./protocol/messages.ts";
export { ProtocolError, ValueError } from "./protocol/protocol-error.ts";
export { decodeValue, encodeValue } from "./protocol/value-codec.ts";
export { type Attempt, REPORT_VERSION, type Report, ReportSchema, type StartKind, type Timings } from "./report.ts";
export { signalName, signalNumber } from "./signals.ts";
export { STEP_NAMES, type StepName } from "./steps.ts";
export { type Destination, destinationsOf, type Supervise } from "./supervise.ts";
export {
  SYSCALL_ACTIONS,
  SYSCALL_COMPARISONS,
  SYSCALL_FLAGS,
  type SyscallAction,
  type SyscallArgument,
  type SyscallComparison,
  type SyscallFlag,
  type SyscallProfile,
  type SyscallRule,
  type SyscallScope,
  type Syscalls,
} from "./syscall-profile.ts";
export { type Blame, type Retry, VERDICT_STATUSES, type Verdict, type VerdictStatus } from "./verdict.ts";
export { HUTCH_VERSION } from "./version.ts";
export { parseWasmDescription, type WasmDescription, type WasmExport, type WasmImport } from "./wasm-description.ts";
