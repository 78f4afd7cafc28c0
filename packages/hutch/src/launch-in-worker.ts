// Launches one job through a worker and supervises it from here: the worker only clones, waits and tells.
import type { DescriptorSlot, Job, JobUse, Launch, LaunchPlan, Limits } from "@hutch/core";
import { type Fd, type OwnedFd, type Pid, tryCall } from "@hutch/syscall";
import { type JobEnds, openDescriptors } from "./descriptors.ts";
import { environmentList, executablePaths } from "./exec-arguments.ts";
import { cgroupMeter, type Meter, meterSince, type Reaped, treeMeter } from "./meter.ts";
import { endOfOrphan } from "./orphan.ts";
import { pidOfPidfd } from "./pidfd-pid.ts";
import { sendCommand, sendLoad, sendRequest } from "./request.ts";
import { type StatusOfInit, type SupervisedJob, type Supervision, supervise } from "./supervise.ts";
import { superviseInWorker } from "./supervisor/supervise-in-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

const SIGKILL = 9;
/** Of pidfd_send_signal. SINCE: Linux 6.9. */
const PROCESS_GROUP = 4;
const EINVAL = 22;
/** Memory whose freeing takes the kernel half a millisecond here. */
const FREED_BYTES = 8 * 2 ** 20;

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
  readonly load: (module: string) => void;
  /** CPU time of a job that waits, milliseconds; null where nobody counts it. */
  readonly cpuMs: () => number | null;
  /** Its process is gone or was never made: a request would find nobody. */
  readonly ended: () => boolean;
  readonly setupMs: () => number;
  /** The worker has made it, or never will. */
  readonly made: Promise<unknown>;
  /** Ends the job if it has not ended, and gives back what it had. @returns when nothing of it is left */
  readonly release: () => Promise<void>;
}

/** Nobody waited, or nothing was made: there is nothing to add to what the cgroup says. */
const NOT_WAITED: Reaped = { waitStatus: null, cpuUserMicros: 0, cpuSystemMicros: 0 };

/** @throws HostError when the worker is gone or takes no more */
export function launchInWorker(worker: WorkerProcess, job: JobInWorker): LaunchedInWorker {
  using undo = new DisposableStack();
  const { limits } = job;
  const cgroup = worker.machine.cgroups?.create(limits) ?? null;
  if (cgroup !== null) undo.defer(() => cgroup.remove());
  const descriptors = openDescriptors({
    ...(job.stdin === null ? {} : { stdin: job.stdin }),
    conversation: job.conversation,
  });
  using jobEnds = descriptors.job;
  const { host } = descriptors;
  const supervisedBy = undo.use(superviseInWorker(worker.deciders));
  for (const end of [host.status, host.stdout, host.stderr, host.job]) if (end !== null) undo.use(end);
  const send = (request: Job): void => {
    if (host.job !== null) sendRequest(host.job.fd, request, { env: job.env, limits });
  };
  // ORDER: the request waits in the socket before the job exists.
  if (job.request !== null) send(job.request);

  const started = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<Reaped>();
  let supervision: Supervision | null = null;
  let pidfd: OwnedFd | null = null;
  let pid: Pid | null = null;
  let meter: Meter | null = cgroup === null ? null : cgroupMeter(cgroup);
  let setupMs = 0;
  let loadedBytes = 0;
  let killed = false;
  let over = false;
  let seen = false;
  let abandoned = false;
  let failure: string | null = null;
  const holders = job.start === "warm" && worker.machine.init !== null && limits.processes > 1 ? 1 : 0;
  /**
   * Whether the job is over when its first process is: nothing of it runs, and it used no memory whose freeing would count.
   * The memory that a copy got from its worker is not the job's, and neither is the time that freeing it takes.
   */
  const overWithFirst = (): boolean => {
    const left = cgroup?.processesNow() ?? null;
    return cgroup !== null && left !== null && left <= holders && cgroup.memoryNowBytes() - loadedBytes < FREED_BYTES;
  };
  const seeEnd = async ({ told, closed }: StatusOfInit): Promise<Reaped> => {
    await Promise.all([Promise.race([told, closed]), started.promise]);
    // A killed init waited for nobody.
    if (!killed && !overWithFirst()) await closed;
    if (killed) return await exited.promise;
    seen = true;
    return NOT_WAITED;
  };
  const kill = (): void => {
    killed = true;
    if (over) return;
    if (pidfd === null) worker.kill(jobId);
    else tryCall("pidfd_send_signal", pidfd.fd, SIGKILL);
    killGroup();
    cgroup?.kill();
    worker.expectEnd(jobId);
  };
  // Without an init of ours the job is its process group.
  const killGroup = (): void => {
    if (worker.machine.init !== null || over || pidfd === null) return;
    if (tryCall("pidfd_send_signal", pidfd.fd, SIGKILL, null, PROCESS_GROUP) !== -EINVAL) return;
    // ORDER: only while its leader is not reaped, which keeps the id ours; nobody knows that of an abandoned one.
    if (pid !== null && !abandoned && tryCall("pidfd_send_signal", pidfd.fd, 0) === 0) tryCall("kill", -pid, SIGKILL);
  };
  /** Where init is ours its end tells nothing of the job's. */
  const endWithoutWorker = async (ended: Promise<unknown>): Promise<Reaped> => {
    if (worker.machine.init !== null) await ended;
    else if (pidfd !== null) return { ...NOT_WAITED, waitStatus: await endOfOrphan(pidfd.fd) };
    return NOT_WAITED;
  };
  /** The worker's death is to blame for what nobody saw. */
  const blameWorker = async (reaped: Reaped, { told, closed }: StatusOfInit): Promise<void> => {
    const seenByInit = await Promise.race([told.then(() => true), closed.then(() => false)]);
    if (!seenByInit && reaped.waitStatus === null) supervision?.end("worker-died");
  };
  const launchedMs = performance.now();
  const jobId = worker.launch(
    {
      start: job.start,
      serves: job.serves,
      argv: job.argv,
      env: environmentList(job.env),
      cwd: job.cwd,
      limits: job.loadsModule === true ? { ...limits, cpuMs: 2 * limits.cpuMs } : limits,
    },
    [...namedEnds(jobEnds, cgroup?.procs ?? []), ...supervisedBy.ends],
    {
      started: (arrived, micros) => {
        pidfd = arrived;
        setupMs = micros;
        started.resolve();
        pid = pidOfPidfd(arrived.fd);
        meter ??= treeMeter(pid);
        if (pid !== null) supervisedBy.started(pid, kill);
        // The limit was reached, or the caller gave up, before we knew whom to end.
        if (killed) kill();
      },
      refused: (message) => {
        failure = message;
        over = true;
        exited.resolve(NOT_WAITED);
      },
      exited: (reaped) => {
        killGroup();
        over = true;
        exited.resolve(reaped);
      },
      abandoned: (ended) => {
        abandoned = true;
        kill();
        const resolve = (reaped: Reaped): void => {
          over = true;
          exited.resolve(reaped);
        };
        endWithoutWorker(ended).then(resolve, () => resolve(NOT_WAITED));
      },
    },
  );
  supervisedBy.passed();
  const resources = undo.move();
  return {
    begin: (asked) => {
      const letGo = worker.hold();
      exited.promise.then(letGo);
      const beganMs = asked === null ? launchedMs : performance.now();
      const charged = asked === null ? 0 : (meter?.cpuMs() ?? 0);
      loadedBytes = asked === null ? 0 : (cgroup?.memoryNowBytes() ?? 0);
      if (asked?.kind === "request") send(asked.job);
      if (asked?.kind === "command" && host.job !== null) sendCommand(host.job.fd, asked.frame, asked.stdin.fd);
      supervision = supervise({
        limits,
        plan: () => planOf(worker, job, cgroup?.procs.length ?? 0),
        init: worker.machine.init !== null,
        becomesCommand: becomes(asked, job.request),
        ends: host,
        launchedMs: beganMs,
        meter: () => (meter === null ? null : meterSince(meter, charged, holders)),
        kill,
        // Init tells how the first process ended when it has, and closes the status socket when it has ended and waited for
        // everything else; the cgroup has the figures. The worker's word that init is gone comes later and adds nothing.
        reap: async (status) => {
          if (worker.machine.init !== null) status.closed.then(() => worker.expectEnd(jobId));
          const told = cgroup !== null && worker.machine.init !== null;
          const reaped = await (told ? Promise.race([exited.promise, seeEnd(status)]) : exited.promise);
          if (abandoned) await blameWorker(reaped, status);
          return reaped;
        },
        hostFailure: () => failure,
      });
      return supervision;
    },
    load: (module) => {
      if (host.job !== null) sendLoad(host.job.fd, module);
    },
    cpuMs: () => (cgroup === null ? null : (meter?.cpuMs() ?? null)),
    ended: () => over,
    setupMs: () => setupMs,
    made: Promise.race([started.promise, exited.promise]),
    release: async () => {
      if (!over && !seen) kill();
      await exited.promise;
      pidfd?.close();
      resources.dispose();
    },
  };
}

function becomes(asked: Asked | null, request: Job | null): NonNullable<SupervisedJob["becomesCommand"]> | null {
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
