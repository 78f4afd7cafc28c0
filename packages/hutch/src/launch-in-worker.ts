// Launches one job through a worker and supervises it from here: the worker only clones, waits and tells.
import type { DescriptorSlot, Job, JobUse, Launch, LaunchPlan, Limits } from "@hutch/core";
import { environmentList, executablePaths } from "@hutch/core";
import type { Fd, LaunchMoments, OwnedFd } from "@hutch/syscall";
import { isDamaged } from "./damaged-code.ts";
import { type JobEnds, openDescriptors } from "./descriptors.ts";
import { JobEnding } from "./job-ending.ts";
import { JobProcess } from "./job-process.ts";
import { meterSince } from "./meter.ts";
import type { BecomesCommand } from "./read-answer.ts";
import { sendCommand, sendLoad, sendRequest } from "./request.ts";
import { type Supervision, supervise } from "./supervise.ts";
import { superviseInWorker } from "./supervisor/supervise-in-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface JobInWorker {
  readonly start: Launch["start"];
  readonly serves: JobUse;
  /** Empty for a warm start. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly limits: Limits;
  /** The job has a socket for one request: everything but a plain command. */
  readonly conversation: boolean;
  /** The request, if it is known at the launch. */
  readonly request: Job | null;
  readonly stdin: OwnedFd | null;
  /**
   * It evaluates a module before it is asked, which the request is not charged for: the kernel's own limit of a process, which
   * counts from the clone, then has to leave room for both. The host counts exactly.
   */
  readonly loadsModule?: boolean;
}

/** `frame` is the encoded command, `stdin` becomes its descriptor 0. */
export interface AskedCommand {
  readonly kind: "command";
  readonly frame: Uint8Array;
  readonly paths: readonly string[];
  readonly stdin: OwnedFd;
}

/** What a standby is asked for. */
type Asked = { readonly kind: "request"; readonly job: Job } | AskedCommand;

export interface LaunchedInWorker {
  /**
   * Starts the clock: limits count from here. Call it once.
   * @param asked what the job has been waiting for; null when it came with the launch
   * @throws HostError when the job does not take it
   */
  readonly begin: (asked: Asked | null) => Supervision;
  /** Sends a standby the module that its request will name: it is evaluated while the job waits. */
  readonly load: (module: string, checksum: string | null) => void;
  /** CPU time of a job that waits, milliseconds; null where nobody counts it. */
  readonly cpuMs: () => number | null;
  /** Its process is gone or was never made: a request would find nobody. */
  readonly ended: () => boolean;
  readonly setupMs: () => number;
  /** performance.now() when it was asked: at begin() for what waited, at the launch otherwise. */
  readonly askedMs: () => number;
  /** Of the launch, once the worker told of it. */
  readonly moments: () => LaunchMoments | null;
  /** The worker has made it, or never will. */
  readonly made: Promise<unknown>;
  /** Ends the job if it has not ended, and gives back what it had. @returns when nothing of it is left */
  readonly release: () => Promise<void>;
}

/** @throws HostError where there are no descriptors or no cgroup for it. A worker that is gone ends the job. */
export function launchInWorker(worker: WorkerProcess, job: JobInWorker): LaunchedInWorker {
  using undo = new DisposableStack();
  const { limits } = job;
  if (job.stdin !== null) undo.use(job.stdin);
  const cgroup = worker.machine.cgroups?.create(limits) ?? null;
  if (cgroup !== null) undo.defer(() => cgroup.remove());
  const descriptors = openDescriptors({
    ...(job.stdin === null ? {} : { stdin: job.stdin }),
    conversation: job.conversation,
  });
  using jobEnds = descriptors.job;
  const { host } = descriptors;
  for (const end of [host.status, host.stdout, host.stderr, host.job]) if (end !== null) undo.use(end);
  const supervisedBy = undo.use(superviseInWorker(worker.deciders));
  const send = (request: Job): void => {
    if (host.job !== null) sendRequest(host.job.fd, request, { env: job.env, limits });
  };
  // ORDER: the request waits in the socket before the job exists.
  if (job.request !== null) send(job.request);

  const process = new JobProcess(worker, cgroup);
  const holders = job.start === "warm" && worker.machine.init !== null && limits.processes > 1 ? 1 : 0;
  const launchedMs = performance.now();
  process.launch(
    {
      start: job.start,
      serves: job.serves,
      argv: job.argv,
      env: environmentList(job.env),
      cwd: job.cwd,
      limits: job.loadsModule === true ? { ...limits, cpuMs: 2 * limits.cpuMs } : limits,
    },
    [...namedEnds(jobEnds, cgroup?.procs ?? []), ...supervisedBy.ends],
  );
  supervisedBy.passed();
  process.made.then(() => {
    if (process.pid !== null)
      supervisedBy.started(process.pid, () => process.fail("nobody could be told of its supervised calls"));
  });
  const resources = undo.move();
  let ending: JobEnding | null = null;
  let askedMs = launchedMs;
  return {
    begin: (asked) => {
      process.asked = true;
      process.ended.then(worker.hold());
      if (asked !== null) askedMs = performance.now();
      const charged = asked === null ? 0 : (process.meter?.cpuMs() ?? 0);
      const loadedBytes = asked === null ? 0 : (cgroup?.memoryNowBytes() ?? 0);
      if (asked?.kind === "request") send(asked.job);
      if (asked?.kind === "command" && host.job !== null) sendCommand(host.job.fd, asked.frame, asked.stdin.fd);
      const seen = new JobEnding({ process, cgroup, init: worker.machine.init !== null, holders, loadedBytes });
      ending = seen;
      return supervise({
        limits,
        plan: () => planOf(worker, job, cgroup?.procs.length ?? 0),
        init: worker.machine.init !== null,
        becomesCommand: becomes(asked, job.request),
        ends: host,
        launchedMs: askedMs,
        ...(process.isMade ? {} : { made: process.made }),
        meter: () => (process.meter === null ? null : meterSince(process.meter, charged, holders)),
        kill: () => process.kill(),
        reap: (status) => seen.wait(status),
        hostFailure: () => process.failure,
        isCodeDamaged: () => {
          const request = asked?.kind === "request" ? asked.job : job.request;
          return request !== null && isDamaged(worker, request);
        },
      });
    },
    load: (module, checksum) => {
      if (host.job !== null) sendLoad(host.job.fd, module, checksum);
    },
    cpuMs: () => (cgroup === null ? null : (process.meter?.cpuMs() ?? null)),
    ended: () => process.over,
    setupMs: () => process.setupMs,
    askedMs: () => askedMs,
    moments: () => process.moments,
    made: Promise.race([process.made, process.ended]),
    release: async () => {
      if (!process.over && ending?.early !== true) process.kill();
      await process.ended;
      process[Symbol.dispose]();
      resources.dispose();
    },
  };
}

function becomes(asked: Asked | null, request: Job | null): BecomesCommand | null {
  if (asked?.kind === "command") return { paths: asked.paths };
  const job = asked?.kind === "request" ? asked.job : request;
  return job?.kind === "command" ? "runtime" : null;
}

function namedEnds(ends: JobEnds, cgroups: readonly Fd[]): (readonly [DescriptorSlot, Fd])[] {
  return [
    ["status", ends.status.fd],
    ["stdin", ends.stdin.fd],
    ["stdout", ends.stdout.fd],
    ["stderr", ends.stderr.fd],
    ...(ends.job === null ? [] : [["job", ends.job.fd] as const]),
    ...cgroups.map((fd, index) => [`cgroup${index}`, fd] as const),
  ];
}

/** The same plan that the worker made: plan() is pure. Asked for only when a step of it failed. */
function planOf({ machine, policy, inheritNetwork }: WorkerProcess, job: JobInWorker, cgroups: number): LaunchPlan {
  const { argv, env, limits, start, serves } = job;
  const executables = start === "warm" || start === "await" ? [] : executablePaths(argv[0] ?? "", env.PATH);
  const descriptors = job.conversation ? [0, 1, 2, 3] : [0, 1, 2];
  const ids = { uid: 0, gid: 0 };
  return machine.backend.plan(
    {
      policy,
      limits,
      start: start === "warm" ? "warm" : "exec",
      awaitsCommand: start === "await",
      root: "inherit",
      inheritNetwork,
      serves,
      privileged: false,
      ids,
      cgroups,
      executables,
      descriptors,
    },
    machine.probe,
  ).plan;
}
