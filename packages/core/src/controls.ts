// The controls of a sandbox by name: what can be enforced, and what was.
// Every backend reports on every one of them, so that two reports can be compared line by line.

/** Every control in the order in which reports list them. The names are part of the report's contract. */
export const CONTROL_NAMES = [
  "user-namespace",
  "mount-namespace",
  "pid-namespace",
  "net-namespace",
  "ipc-namespace",
  "uts-namespace",
  "cgroup-namespace",
  "private-root",
  "init",
  "session",
  "environment",
  "descriptors",
  "no-new-privileges",
  "capabilities",
  "unprivileged-ids",
  "rlimits",
  "cpu-limit",
  "wall-limit",
  "memory-limit",
  "process-limit",
  "output-limit",
  "seccomp",
  "landlock",
] as const;

/** Of one control: what a policy names in `bestEffort`, and a report lists. */
export type ControlName = (typeof CONTROL_NAMES)[number];

/** Without these there is no process tree to confine, so `bestEffort` cannot do without them. */
export const INDISPENSABLE_CONTROLS: readonly ControlName[] = ["user-namespace", "pid-namespace", "init"];

/**
 * - `enforced`: it holds for this job; `why` says by which mechanism
 * - `partial`: it holds for what is measured here, and `why` says what is not seen
 * - `unavailable`: it was wanted and this machine or backend cannot; `why` says what is missing
 * - `off`: the policy asked for it to be off, or this version does not have it; `why` says which
 */
export type ControlState = "enforced" | "partial" | "unavailable" | "off";

/** What became of one control, for one job or on one machine. */
export interface ControlReport {
  readonly name: ControlName;
  readonly state: ControlState;
  /** One sentence: the mechanism when enforced, wholly or in part, the reason otherwise. */
  readonly why: string;
  /** The smallest thing that the machine's owner can change, when the control is unavailable. */
  readonly fix?: string;
}

/** The controls that the policy requires and the report does not show as enforced. */
export function missingControls(
  reports: readonly ControlReport[],
  bestEffort: readonly ControlName[],
): ControlReport[] {
  return reports.filter((report) => report.state === "unavailable" && !bestEffort.includes(report.name));
}
