// Turns a launch request into a process, by the backend's plan for a job inside this worker's root.
// Plans are compiled once per shape and reused: only descriptors, limits and argv differ from job to job.
import type { Backend, ControlReport, JobUse, Launch, LaunchPlan, Probe, Setup, Step } from "@hutch/core";
import { describeStandstill, executablePaths } from "@hutch/core";
import { lateBindings, linuxClone, parseStatusRecords, supervisedNumbers } from "@hutch/linux-clone";
import { posixFork } from "@hutch/posix-fork";
import {
  CompiledPlan,
  type Fd,
  getegid,
  geteuid,
  type InJob,
  type Launched,
  type LaunchRefused,
  O,
  OwnedFd,
  open,
  POLL,
  pipe2,
  poll,
  SOCK,
  socketpair,
  toFd,
  tryCall,
  tryRead,
  wait4,
} from "@hutch/syscall";
import { CANARY_DEADLINE_MS, CANARY_PASSED } from "./canary.ts";
import type { Heard } from "./host-channel.ts";
import type { JobEnds } from "./job-ends.ts";

const SIGKILL = 9;
const FIRST_KEPT_FD = 10;
const DUPFD_CLOEXEC = 1030;

type Started = Exclude<Launch["start"], "cold">;

interface Prepared {
  readonly plan: LaunchPlan;
  readonly compiled: CompiledPlan;
}

export type CanaryOutcome =
  | { readonly kind: "passed"; readonly micros: number }
  | { readonly kind: "failed"; readonly why: string }
  | InJob;

export class JobLauncher {
  readonly #setup: Setup;
  readonly #backend: Backend;
  readonly #probe: Probe;
  readonly #init: OwnedFd | null;
  readonly #prepared: Map<string, Prepared> = new Map();
  #renewal: readonly Step[] = [];

  constructor({ message, descriptors }: Heard<Setup>) {
    this.#setup = message;
    this.#probe = { missing: message.missing };
    this.#backend = message.backend === "linux-clone" ? linuxClone : posixFork;
    const [init] = descriptors;
    this.#init = init === undefined ? null : aboveKept(init);
  }

  /** What a job of this worker has. Asked of the plan that warm jobs get. */
  get controls(): readonly ControlReport[] {
    const request = this.#request("warm", "function", [], 4, this.#setup.cgroups, true);
    return this.#backend.plan(request, this.#probe).controls;
  }

  #request(
    start: Started,
    serves: JobUse,
    executables: readonly string[],
    descriptors: number,
    cgroups: number,
    supervised: boolean,
  ): Parameters<Backend["plan"]>[0] {
    const { policy } = this.#setup;
    return {
      policy: supervised ? policy : { ...policy, supervise: null },
      limits: this.#setup.limits,
      serves,
      start: start === "warm" ? "warm" : "exec",
      awaitsCommand: start === "await",
      root: "inherit",
      inheritNetwork: this.#setup.jobsBeside ? "beside" : "alone",
      privileged: false,
      ids: { uid: geteuid(), gid: getegid() },
      cgroups,
      executables,
      descriptors: Array.from({ length: descriptors }, (_, index) => index),
    };
  }

  #prepare(
    start: Started,
    serves: JobUse,
    executables: readonly string[],
    descriptors: number,
    cgroups: number,
    holdsMemory: boolean,
    supervised: boolean,
  ): Prepared {
    const key = `${start} ${serves} ${executables.length} ${descriptors} ${cgroups} ${holdsMemory} ${supervised}`;
    let prepared = this.#prepared.get(key);
    if (prepared === undefined) {
      const planned = this.#backend.plan(
        this.#request(start, serves, executables, descriptors, cgroups, supervised),
        this.#probe,
      ).plan;
      // ORDER: last. The plan has closed everything above the job's own descriptors by then.
      const plan =
        start === "warm" ? { ...planned, inner: [...planned.inner, ...this.#renewal], holdsMemory } : planned;
      prepared = { plan, compiled: new CompiledPlan(plan) };
      this.#prepared.set(key, prepared);
    }
    return prepared;
  }

  /** In a warm job this returns in the job. @throws Error that names the step at which a launch stood still */
  launch(
    job: Pick<Launch, "start" | "serves" | "argv" | "env" | "cwd" | "limits">,
    ends: JobEnds,
  ): Launched | InJob | LaunchRefused {
    const warm = job.start === "warm";
    const start = warm || job.start === "await" ? job.start : "exec";
    const executables = start === "exec" ? executablePaths(job.argv[0] ?? "", pathIn(job.env)) : [];
    const descriptors = [ends.stdin, ends.stdout, ends.stderr, ...(ends.job === null ? [] : [ends.job])];
    const { supervise } = this.#setup.policy;
    const { supervised } = ends;
    const { compiled, plan } = this.#prepare(
      start,
      job.serves,
      executables,
      descriptors.length,
      ends.cgroups.length,
      // It is one of the processes that the job may have.
      this.#init !== null && job.limits.processes > 1,
      supervised !== null,
    );
    const { argv, env, cwd, limits } = job;
    const launched = compiled.launch(
      ends.status,
      lateBindings({
        status: ends.status,
        init: this.#init?.fd ?? null,
        descriptors,
        cgroups: ends.cgroups,
        supervised:
          supervise === null || supervised === null ? null : { ...supervised, numbers: supervisedNumbers(supervise) },
        limits,
        argv,
        env,
        cwd,
        executables,
      }),
    );
    if (launched.kind === "refused" && launched.step !== null)
      throw new Error(`the job's process could not be set up: ${describeStandstill(plan, launched.step)}`);
    return launched;
  }

  /**
   * A warm job that does what jobs do, under a deadline. In the canary itself this returns "in-job".
   * @param renewal steps that every copy of this process walks at the end of its plan, from now on
   */
  canary(renewal: readonly Step[]): CanaryOutcome {
    this.#renewal = renewal;
    const started = Bun.nanoseconds();
    const ends = openCanaryEnds();
    const launched = this.launch(
      { start: "warm", serves: "function", argv: [], env: [], cwd: "/", limits: this.#setup.limits },
      ends,
    );
    // ORDER: in the canary these numbers are the plan's by now, so nothing of ours may be closed there.
    if (launched.kind === "in-job") return launched;
    using _ends = ends;
    if (launched.kind === "refused") return { kind: "failed", why: `the canary could not be cloned: ${launched.code}` };
    using pidfd = launched.pidfd;
    const said = readWithin(CANARY_DEADLINE_MS, ends.output);
    const failure = said === "" ? readWithin(0, ends.statusOutput) : "";
    tryCall("pidfd_send_signal", pidfd.fd, SIGKILL);
    wait4(launched.pid);
    if (said === CANARY_PASSED) return { kind: "passed", micros: Math.round((Bun.nanoseconds() - started) / 1000) };
    if (said !== "") return { kind: "failed", why: `the canary said: ${said}` };
    return {
      kind: "failed",
      why:
        failure === ""
          ? `the canary was silent for ${CANARY_DEADLINE_MS} ms`
          : `the canary ended before it ran: ${this.#describe(failure)}`,
    };
  }

  /** The failed step in a status record of the canary. */
  #describe(record: string): string {
    const bytes = Buffer.from(record, "latin1");
    const prepared = this.#prepare("warm", "function", [], 3, 0, false, false);
    const exit = parseStatusRecords(bytes, () => prepared.plan);
    return exit?.kind === "setup-failed" ? `${exit.step}: ${exit.code}` : JSON.stringify(exit);
  }
}

interface CanaryEnds extends JobEnds, Disposable {
  readonly output: Fd;
  readonly statusOutput: Fd;
}

function openCanaryEnds(): CanaryEnds {
  const status = socketpair(SOCK.STREAM);
  const output = pipe2();
  const nothing = open("/dev/null", O.RDONLY);
  return {
    status: status.b.fd,
    stdin: nothing.fd,
    stdout: output.write.fd,
    stderr: output.write.fd,
    job: null,
    cgroups: [],
    supervised: null,
    output: output.read.fd,
    statusOutput: status.a.fd,
    [Symbol.dispose]() {
      using stack = new DisposableStack();
      for (const end of [status, output, nothing]) stack.use(end);
    },
  };
}

/** A machine that stood still for a while uses up one of these, and not the whole deadline of a process that stood still too. */
const SLICE_MS = 250;

/** What arrives first, as Latin-1 text; empty when nothing does. */
function readWithin(deadlineMs: number, fd: Fd): string {
  let [ready] = poll([{ fd, events: POLL.IN }], 0);
  for (let left = deadlineMs; ready === 0 && left > 0; left -= SLICE_MS)
    [ready] = poll([{ fd, events: POLL.IN }], Math.min(left, SLICE_MS));
  if (ready === 0) return "";
  const bytes = new Uint8Array(512);
  return Buffer.from(bytes.subarray(0, Math.max(0, tryRead(fd, bytes)))).toString("latin1");
}

/** Job descriptors are placed at 0 to 4, so ours live above. */
function aboveKept(descriptor: OwnedFd): OwnedFd {
  using old = descriptor;
  return new OwnedFd(toFd(tryCall("fcntl", old.fd, DUPFD_CLOEXEC, FIRST_KEPT_FD)));
}

function pathIn(env: readonly string[]): string | undefined {
  return env.find((entry) => entry.startsWith("PATH="))?.slice("PATH=".length);
}
