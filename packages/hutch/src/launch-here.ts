// Launches a program in a sandbox from this process: a single command, or a pool's worker.
// Nothing of Bun runs between clone and exec, so no worker is needed (docs/architecture.md).
import {
  type CallHandlers,
  type ControlReport,
  type Exit,
  environmentList,
  executablePaths,
  HostError,
  type LaunchPlan,
  type Limits,
  type PlanRequest,
  type Policy,
} from "@hutch/core";
import { lateBindings } from "@hutch/linux-clone";
import { type Fd, type LaunchMoments, type OwnedFd, type Pid, POLL, poll } from "@hutch/syscall";
import { compiledLaunch } from "./compiled-launches.ts";
import type { JobDescriptors } from "./descriptors.ts";
import { killTree, reapChild } from "./end-child.ts";
import { leaseHostIds } from "./host-ids.ts";
import { openIdRange } from "./id-range.ts";
import { explainFailure, type Machine, machineFor, refuseMissing } from "./machine.ts";
import { cgroupMeter, type Meter, treeMeter, UNMETERED } from "./meter.ts";
import { holdPlainPrograms } from "./plain-programs.ts";
import { throwStandstill } from "./policy-failure.ts";
import { type Supervision, supervise } from "./supervise.ts";
import { superviseHere } from "./supervisor/supervise-here.ts";

/** The kernel ends a worker and its jobs in some milliseconds; nobody waits for one that it does not end. */
const END_NOW_MS = 2_000;

/** A worker makes one for each of its jobs. */
const WORKER_USER_NAMESPACES = 100_000;

export interface ProgramToLaunch {
  readonly argv: readonly string[];
  readonly policy: Policy;
  /** Of `policy.supervise`. */
  readonly handlers?: CallHandlers;
  readonly limits: Limits;
  readonly descriptors: JobDescriptors;
  /** Further descriptors of the program, from number 3 on, after the job socket where there is one. */
  readonly extra?: readonly OwnedFd[];
  /** false for a worker: its jobs are limited, it is not. */
  readonly limited: boolean;
}

export interface LaunchedHere {
  readonly supervision: Supervision;
  readonly controls: readonly ControlReport[];
  readonly plan: LaunchPlan;
  readonly machine: Machine;
  readonly pid: Pid;
  readonly setupMs: number;
  readonly moments: LaunchMoments;
  /** @throws SandboxRefusedError when this end means that a control is missing on this machine */
  readonly explain: (exit: Exit) => void;
  /** Released by the caller after the job finished: cgroup, ids, pidfd. */
  readonly release: () => void;
  /** Ends it and stands still until it is gone: for a process that exits. */
  readonly endNow: () => void;
}

/**
 * @throws SandboxRefusedError when a required control is missing; HostError when the first process could not be made.
 * The descriptors of the job are closed in any case, those of the host after a failure.
 */
export function launchHere(program: ProgramToLaunch): LaunchedHere {
  using jobEnds = program.descriptors.job;
  const { policy, limits } = program;
  const machine = machineFor(policy.backend);
  using undo = new DisposableStack();
  const { host } = program.descriptors;
  for (const end of [host.status, host.stdout, host.stderr, host.job]) if (end !== null) undo.use(end);
  const range = policy.ids === "range" ? undo.use(openIdRange(machine.privileged)) : null;
  const lease = range ?? (machine.privileged ? undo.use(leaseHostIds()) : null);
  if (machine.init === null) undo.use(holdPlainPrograms());
  const cgroup = program.limited ? (machine.cgroups?.create(limits) ?? null) : null;
  if (cgroup !== null) undo.defer(() => cgroup.remove());
  const executables = executablePaths(program.argv[0] ?? "", policy.env.PATH);
  const kept = keptOf(program);
  const request: PlanRequest = {
    policy,
    limits,
    start: "exec",
    root: "build",
    launchesJobs: !program.limited,
    privileged: machine.privileged,
    ids: lease?.ids ?? { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
    cgroups: cgroup?.procs.length ?? 0,
    executables,
    descriptors: kept.map((_, index) => index),
  };
  // A worker's jobs are launched by what was found for it, so that is found out first.
  const probe = program.limited ? machine.presumed(policy) : machine.probe;
  const { plan, controls, compiled } = compiledLaunch(machine.backend, request, probe);
  refuseMissing(controls, policy);
  const supervisedBy = undo.use(superviseHere(program.limited ? policy.supervise : null, program.handlers ?? {}));
  const launchedMs = performance.now();
  const late = {
    ...range?.late,
    ...lateBindings({
      status: jobEnds.status.fd,
      init: machine.init?.fd ?? null,
      descriptors: kept,
      cgroups: cgroup?.procs ?? [],
      cgroupFolder: cgroup?.folder ?? null,
      supervised: supervisedBy.late,
      limits,
      argv: program.argv,
      env: environmentList(policy.env),
      cwd: policy.cwd,
      executables,
      userNamespaces: program.limited ? 0 : WORKER_USER_NAMESPACES,
      worker: !program.limited,
    }),
  };
  const launched = compiled.launch(jobEnds.status.fd, late, range?.prepare ?? undefined);
  if (launched.kind === "refused") {
    if (launched.step !== null) throwStandstill(plan, launched.step);
    explainFailure(machine, request);
    throw new HostError("HOST_FAILURE", `Cannot create the job's process: ${launched.code}`);
  }
  if (launched.kind === "in-job") throw new HostError("HOST_FAILURE", "Cannot launch: an exec plan came back warm");
  const setupMs = performance.now() - launchedMs;
  undo.use(launched.pidfd);
  const kill = (): void => killTree(launched.pid, launched.pidfd.fd, machine.init === null, cgroup);
  supervisedBy.started(launched.pid, () => supervision.end("host-failure"));
  const group = machine.init === null;
  const meter: Meter = cgroup !== null ? cgroupMeter(cgroup) : program.limited ? treeMeter(launched.pid) : UNMETERED;
  const supervision = supervise({
    limits,
    plan: () => plan,
    init: !group,
    ends: program.descriptors.host,
    becomesCommand: program.descriptors.host.job === null ? null : "runtime",
    launchedMs,
    meter: () => meter,
    background: !program.limited,
    kill,
    reap: async ({ closed }) => {
      if (!group) await closed;
      const reaped = await reapChild(launched.pid, launched.pidfd.fd, program.limited);
      if (group) killTree(launched.pid, launched.pidfd.fd, true, null);
      return reaped;
    },
  });
  const resources = undo.move();
  return {
    supervision,
    controls,
    plan,
    machine,
    pid: launched.pid,
    setupMs,
    moments: launched.moments,
    explain: (exit) => {
      if (exit.kind === "unknown" || (exit.kind === "setup-failed" && !exit.execute)) explainFailure(machine, request);
    },
    release: () => resources.dispose(),
    endNow: () => {
      kill();
      poll([{ fd: launched.pidfd.fd, events: POLL.IN }], END_NOW_MS);
    },
  };
}

/** Descriptors of the program, from number 0 on. */
function keptOf({ descriptors: { job: ends }, extra = [] }: ProgramToLaunch): Fd[] {
  const job = ends.job === null ? [] : [ends.job];
  return [ends.stdin, ends.stdout, ends.stderr, ...job, ...extra].map(({ fd }) => fd);
}
