// One worker of a pool: started in the pool's root, greeted, set up, then asked to launch jobs.
import {
  type CallHandlers,
  type ControlReport,
  type DescriptorSlot,
  HostError,
  HUTCH_VERSION,
  type Launch,
  type Limits,
  type Policy,
  refuseHello,
} from "@hutch/core";
import { jobFiles, workerFiles } from "@hutch/linux-clone";
import type { Fd, Pid } from "@hutch/syscall";
import { Conversation, type WorkerSays } from "./conversation.ts";
import { openDescriptors } from "./descriptors.ts";
import { endAtExit } from "./end-at-exit.ts";
import { type LaunchedHere, launchHere } from "./launch-here.ts";
import { refuseMissing } from "./machine.ts";
import { throwPolicyFailure } from "./policy-failure.ts";
import { programFiles, RUNTIME_ENV, workerProgram } from "./runtime-files.ts";
import { type Deciders, decidersOf } from "./supervisor/deciders.ts";
import { type JobListener, WorkerJobs } from "./worker-jobs.ts";
import { WORKER_LIMITS } from "./worker-limits.ts";
import type { Connect } from "./worker-sockets.ts";

/** A worker that has not answered by then never will: its start takes milliseconds, what it preloads takes seconds. */
const HELLO_MS = 10_000;
const SETUP_MS = 120_000;
/** One that was retired ends within milliseconds of its last job. */
const RETIRE_MS = 1_000;
/** A machine that stood still for a while uses up one of these, and not the whole of a time above. */
const SLICE_MS = 500;
export interface WorkerOptions {
  readonly policy: Policy;
  /** Of `policy.supervise`. */
  readonly handlers?: CallHandlers;
  readonly limits: Limits;
  /** Paths inside the sandbox of trusted modules. */
  readonly preload: readonly string[];
  /** How many jobs run in the worker at once: more than one are kept apart in networks of their own. */
  readonly jobsAtOnce: number;
  readonly connect: Connect;
}

export interface WorkerReady {
  readonly start: "warm" | "cold";
  readonly why: string;
  readonly controls: readonly ControlReport[];
}

export class WorkerProcess {
  /** What the worker makes plans by. */
  readonly policy: Policy;
  /** Likewise, see PlanRequest. */
  readonly inheritNetwork: "alone" | "beside";
  /** Who decides calls of its jobs; null where nobody does. */
  readonly deciders: Deciders | null;
  readonly #launched: LaunchedHere;
  readonly #forgetAtExit: () => void;
  readonly #conversation: Conversation;
  readonly #jobs: WorkerJobs;
  #held = 0;
  #waiting: PromiseWithResolvers<WorkerSays["message"]> | null = null;
  readonly #gone: PromiseWithResolvers<void> = Promise.withResolvers();
  #dead: string | null = null;
  /** The last error that the worker told of. */
  #complaint: string | null = null;
  #ready: WorkerReady | null = null;

  private constructor(options: WorkerOptions) {
    // The worker already lives in the policy's root.
    this.policy = { ...options.policy, files: jobFiles(options.policy.files) };
    const { supervise } = options.policy;
    this.deciders = supervise === null ? null : decidersOf(supervise, options.handlers ?? {});
    this.inheritNetwork = options.jobsAtOnce > 1 ? "beside" : "alone";
    using undo = new DisposableStack();
    const { host, worker } = options.connect();
    using _channel = worker.channel;
    using _doorbell = worker.doorbell;
    for (const end of [host.channel, host.doorbell]) undo.use(end);
    this.#launched = launchHere({
      argv: workerProgram(options.policy.backend),
      policy: {
        ...options.policy,
        files: [...programFiles(options.policy.backend), ...workerFiles(options.policy.files)],
        env: { ...RUNTIME_ENV },
        cwd: "/",
      },
      limits: WORKER_LIMITS,
      descriptors: openDescriptors({ conversation: false, background: true }),
      extra: [worker.channel, worker.doorbell],
      limited: false,
    });
    this.#forgetAtExit = endAtExit(() => {
      this.#jobs.killAll();
      this.#launched.endNow();
    });
    this.#conversation = new Conversation(
      host.channel,
      host.doorbell,
      (said) => this.#hear(said),
      (why) => this.#end(why),
    );
    undo.move();
    this.#jobs = new WorkerJobs(this.#conversation, (why) => this.#end(why));
  }

  /**
   * @throws SandboxRefusedError when the pool's root can not be enforced; HostError VERSION_MISMATCH for a worker of another
   * Bun or Hutch, WORKER_START_FAILED with what the worker said when it does not get to its first job
   */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options);
    try {
      await worker.#greet(options);
      return worker;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  async #greet(options: WorkerOptions): Promise<void> {
    const hello = await this.#next("hello", HELLO_MS);
    const refused = refuseHello(hello, { hutchVersion: HUTCH_VERSION, bunVersion: Bun.version });
    if (refused !== null)
      throw new HostError("VERSION_MISMATCH", `Cannot use the worker: ${refused}`, {
        hints: ["Bun or Hutch was replaced while this program runs: start the program again"],
      });
    const { machine } = this.#launched;
    this.#conversation.send(
      {
        kind: "setup",
        policy: this.policy,
        limits: options.limits,
        backend: machine.backend.name,
        preload: options.preload,
        cgroups: machine.cgroups?.procsPerJob ?? 0,
        jobsBeside: this.inheritNetwork === "beside",
        missing: machine.probe.missing,
      },
      machine.init === null ? [] : [machine.init.fd],
    );
    const ready = await this.#next("ready", SETUP_MS);
    // The worker sees its own id inside only; which one that is on the machine this process knows.
    const ids = this.#launched.controls.find(({ name }) => name === "unprivileged-ids");
    const controls = ready.controls.map((control) => (control.name === ids?.name ? ids : control));
    // What a job has and the worker itself has not, such as its filter, shows only here.
    refuseMissing(controls, options.policy);
    this.#ready = { start: ready.start, why: ready.why, controls };
    this.#conversation.keepAlive(false);
  }

  async #next<K extends "hello" | "ready">(
    kind: K,
    withinMs: number,
  ): Promise<Extract<WorkerSays["message"], { kind: K }>> {
    if (this.#dead !== null) throw await this.#startFailure(this.#dead);
    this.#waiting = Promise.withResolvers();
    const { promise } = this.#waiting;
    let left = withinMs;
    const timer = setInterval(() => {
      left -= SLICE_MS;
      if (left <= 0) this.#end(`it was silent for ${withinMs} ms`);
    }, SLICE_MS);
    try {
      const message = await promise;
      if (message.kind === "setup-failed") {
        throw new HostError(
          "WORKER_START_FAILED",
          message.cause === "preload"
            ? `Cannot preload: ${message.message}`
            : `Cannot start the worker: ${message.message}`,
        );
      }
      if (message.kind !== kind)
        throw new HostError(
          "WORKER_START_FAILED",
          `Cannot start the worker: it said "${message.kind}" where "${kind}" was expected`,
        );
      return message as Extract<WorkerSays["message"], { kind: K }>;
    } catch (error) {
      throw this.#dead === null ? error : await this.#startFailure(this.#dead);
    } finally {
      clearInterval(timer);
    }
  }

  async #startFailure(why: string): Promise<HostError> {
    const { supervision } = this.#launched;
    supervision.end("host-failure");
    const { evidence } = await supervision.finished;
    const said = new TextDecoder().decode(supervision.output.bytes("stderr")).trim();
    const { exit } = evidence;
    throwPolicyFailure(exit);
    const how = exit.kind === "setup-failed" ? `: ${exit.step}: ${exit.code}` : "";
    return new HostError(
      "WORKER_START_FAILED",
      `Cannot start the worker: ${why}${how}${said === "" ? "" : `; it printed: ${said.slice(-2000)}`}`,
    );
  }

  /** Only after start(). */
  get ready(): WorkerReady {
    if (this.#ready === null) throw new HostError("HOST_FAILURE", "Cannot use the worker: it is not ready");
    return this.#ready;
  }

  get alive(): boolean {
    return this.#dead === null;
  }

  /** Of its first process: its init where it has one. */
  get pid(): Pid {
    return this.#launched.pid;
  }

  get machine(): LaunchedHere["machine"] {
    return this.#launched.machine;
  }

  /** Asks for a job. The caller still owns the descriptors and closes them right after. As WorkerJobs.launch(). */
  launch(
    job: Omit<Launch, "kind" | "jobId" | "descriptors">,
    ends: readonly (readonly [DescriptorSlot, Fd])[],
    listener: JobListener,
  ): number {
    return this.#jobs.launch(job, ends, listener);
  }

  /** As WorkerJobs.kill(). */
  kill(jobId: number): void {
    if (this.#dead === null) this.#jobs.kill(jobId);
  }

  /** As WorkerJobs.expectEnd(). */
  expectEnd(jobId: number): void {
    if (this.#dead === null) this.#jobs.expectEnd(jobId);
  }

  /** Keeps this process alive until the returned function is called: a caller waits for a job. A standby does not. */
  hold(): () => void {
    this.#held += 1;
    this.#conversation.keepAlive(true);
    return () => {
      this.#held -= 1;
      if (this.#held === 0) this.#conversation.keepAlive(false);
    };
  }

  #hear(said: WorkerSays): void {
    const { message } = said;
    if (
      this.#waiting !== null &&
      (message.kind === "hello" || message.kind === "ready" || message.kind === "setup-failed")
    ) {
      this.#waiting.resolve(message);
      this.#waiting = null;
    } else if (message.kind !== "log") this.#jobs.hear(said);
    else if (message.level === "error") this.#complaint = message.text;
  }

  #end(why: string): void {
    if (this.#dead !== null) return;
    this.#dead = this.#complaint === null ? why : `${why}: ${this.#complaint}`;
    const { supervision } = this.#launched;
    supervision.end("host-failure");
    this.#gone.resolve();
    this.#waiting?.reject(new HostError("WORKER_START_FAILED", `Cannot start the worker: ${this.#dead}`));
    this.#conversation.close();
    this.#jobs.abandon(supervision.finished);
  }

  /** Ends the worker and every job of it. */
  async close(): Promise<void> {
    if (this.#dead === null && this.#ready !== null) {
      this.#jobs.retire();
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, RETIRE_MS);
      await Promise.race([this.#gone.promise, patience.promise]);
      clearTimeout(timer);
    }
    this.#end("it was closed");
    await this.#launched.supervision.finished;
    this.#forgetAtExit();
    this.#launched.release();
  }
}
