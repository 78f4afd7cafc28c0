// What this machine can do, found out once per process and backend: backend, probe, cgroups, init.
import {
  type Backend,
  type BackendChoice,
  type BackendName,
  type ControlReport,
  missingControls,
  type PlanRequest,
  type Policy,
  type Probe,
  SandboxRefusedError,
} from "@hutch/core";
import { type CgroupHost, linuxClone, openCgroups, openInit, presume } from "@hutch/linux-clone";
import { posixFork } from "@hutch/posix-fork";
import type { OwnedFd } from "@hutch/syscall";
import { isRealRoot } from "./real-root.ts";

export interface Machine {
  readonly backend: Backend;
  /** What was found out by trying everything, at the first question. */
  readonly probe: Probe;
  /**
   * What a job under this policy may be launched by. Where it says less than `probe`, a step of the launch fails in its
   * place, and `explainFailure` tells why.
   */
  presumed(policy: Policy): Probe;
  /** Effective user 0 of the machine with the rights that belong to it. */
  readonly privileged: boolean;
  /** null where this process may not make cgroups; `cgroupsWhy` says why. */
  readonly cgroups: CgroupHost | null;
  readonly cgroupsWhy: string;
  /** What the machine's owner can change about that; null where nothing helps. */
  readonly cgroupsFix: string | null;
  /** Our init as a memfd; null for a backend without process 1. @throws SandboxRefusedError where nobody may execute one */
  readonly init: OwnedFd | null;
}

const known = new Map<BackendName, Machine>();

/** `auto` is linux-clone: posix-fork isolates nothing and is taken only by name. */
export function machineFor(choice: BackendChoice): Machine {
  const name: BackendName = choice === "auto" ? "linux-clone" : choice;
  let machine = known.get(name);
  if (machine === undefined) {
    machine = look(name);
    known.set(name, machine);
  }
  return machine;
}

function look(name: BackendName): Machine {
  const privileged = isRealRoot();
  if (name === "posix-fork") {
    return {
      backend: posixFork,
      probe: posixFork.probe(),
      presumed: () => posixFork.probe(),
      privileged,
      cgroups: null,
      cgroupsWhy: "posix-fork uses POSIX calls only",
      cgroupsFix: null,
      init: null,
    };
  }
  const cgroups = openCgroups();
  let opened: OwnedFd | null = null;
  const init = (): OwnedFd => {
    opened ??= openInit();
    return opened;
  };
  let probed: Probe | null = null;
  let presumed: Probe | null = null;
  const probe = (): Probe => {
    probed ??= linuxClone.probe();
    return probed;
  };
  return {
    backend: linuxClone,
    get probe() {
      return probe();
    },
    presumed(policy) {
      // A policy that can do without a control needs a plan without its steps.
      if (probed !== null || policy.bestEffort.length > 0) return probe();
      presumed ??= presume(init().fd, cgroups.kind === "open") ?? probe();
      return presumed;
    },
    privileged,
    cgroups: cgroups.kind === "open" ? cgroups.host : null,
    cgroupsWhy: cgroups.kind === "open" ? "" : cgroups.why,
    cgroupsFix: cgroups.kind === "open" ? null : cgroups.fix,
    // Not before it is needed: the probe says in its report what is wrong with it.
    get init() {
      return init();
    },
  };
}

/** @throws SandboxRefusedError when the policy requires a control that this plan cannot enforce */
export function refuseMissing(controls: readonly ControlReport[], policy: Policy): void {
  const missing = missingControls(controls, policy.bestEffort);
  // Choosing posix-fork by name is the explicit option that weakens everything; the report still lists what is missing.
  if (missing.length > 0 && policy.backend !== "posix-fork") throw new SandboxRefusedError(missing);
}

/**
 * After a launch that failed before its program ran: was it for want of a control?
 * @throws SandboxRefusedError as it would have been before the launch
 */
export function explainFailure(machine: Machine, request: PlanRequest): void {
  refuseMissing(machine.backend.plan(request, machine.probe).controls, request.policy);
}
