// probe(): what this machine can enforce, found out by trying each control in a throwaway child.
import {
  type BackendName,
  CONTROL_NAMES,
  type ControlReport,
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  missingControls,
  SandboxRefusedError,
} from "@hutch/core";
import { kernelRelease } from "@hutch/syscall";
import { explain } from "./explain.ts";
import { onHost } from "./host-failure.ts";
import { type Machine, machineFor } from "./machine.ts";
import { describeRange } from "./own-range.ts";

/** What probe() found. */
export interface DoctorReport {
  /** The one that `auto` takes here. */
  readonly backend: BackendName;
  /** What a run with the default policy has, or what keeps it from running. */
  readonly controls: readonly ControlReport[];
  /** Its release, as `uname -r` says it. */
  readonly kernel: string;
  readonly bunVersion: string;
  /** The effective user of this process. */
  readonly uid: number;
  /** How memory, processes and CPU time are limited here, in one sentence. */
  readonly cgroups: string;
  /** What the machine's owner can change where there are none. */
  readonly cgroupsFix?: string;
  /** Whether a policy with `ids: "range"` can be had here, in one sentence. */
  readonly idRange: string;
  /** Whether run() works here with no options. */
  readonly canEnforceDefault: boolean;
}

/** What a default run would have; where there would be none, what each control did alone. */
function controlsOf({ probe: { missing } }: Machine): readonly ControlReport[] {
  try {
    return explain(["true"], { limits: DEFAULT_LIMITS, policy: DEFAULT_POLICY }).controls;
  } catch (error) {
    if (!(error instanceof SandboxRefusedError)) throw error;
    return CONTROL_NAMES.map(
      (name) =>
        missing.find((control) => control.name === name) ?? {
          name,
          state: "off",
          why: "nothing runs here without what is missing",
        },
    );
  }
}

/**
 * What this machine can enforce, found out by trying each control in a throwaway child. Blocks for some tens of milliseconds.
 * @throws HostError HOST_FAILURE where nothing can be tried
 */
export function probe(): DoctorReport {
  return onHost("probe the machine", look);
}

function look(): DoctorReport {
  const machine = machineFor("auto");
  const controls = controlsOf(machine);
  return {
    backend: machine.backend.name,
    controls,
    kernel: kernelRelease(),
    bunVersion: Bun.version,
    uid: process.geteuid?.() ?? -1,
    cgroups: machine.cgroups === null ? `none: ${machine.cgroupsWhy}` : machine.cgroups.mechanism,
    ...(machine.cgroupsFix === null ? {} : { cgroupsFix: machine.cgroupsFix }),
    idRange: describeRange(),
    canEnforceDefault: missingControls(controls, []).length === 0,
  };
}
