// A host that is nothing but the protocol: starts the real worker, plain, and says to it whatever a test wants.
import {
  DEFAULT_LIMITS,
  DEFAULT_POLICY,
  type DescriptorSlot,
  decodeStatusReply,
  decodeWorkerMessage,
  encodeHostMessage,
  type HostMessage,
  type JobPhase,
  type Launch,
  type WorkerMessage,
} from "@hutch/core";
import { NumberedChannel } from "@hutch/fdpass";
import { type Fd, O, type OwnedFd, open, POLL, poll, recv, SOCK, socketpair } from "@hutch/syscall";
import { warmEnvironment } from "./warm-environment.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const LIMITS = { maxBytes: 128 * 1024, maxDescriptors: 8 };

export interface Told<M extends WorkerMessage = WorkerMessage> {
  readonly message: M;
  readonly descriptors: readonly OwnedFd[];
}

export class RawHost implements AsyncDisposable {
  readonly worker: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #channel: NumberedChannel;
  readonly #doorbell: OwnedFd;
  readonly #owned: DisposableStack = new DisposableStack();
  #jobId = 0;

  constructor() {
    const channel = socketpair(SOCK.SEQPACKET);
    const doorbell = socketpair(SOCK.STREAM);
    using theirs = channel.b;
    using bell = doorbell.b;
    this.#doorbell = this.#owned.use(doorbell.a);
    this.#channel = this.#owned.use(new NumberedChannel(channel.a, LIMITS, "other"));
    this.worker = Bun.spawn([process.execPath, "--conditions=hutch-source", MAIN], {
      stdio: ["ignore", "ignore", "pipe", theirs.fd, bell.fd],
      env: { ...warmEnvironment },
    });
  }

  /** A worker that serves. */
  static async ready(): Promise<RawHost> {
    const host = new RawHost();
    await host.hear("hello");
    host.say({
      kind: "setup",
      policy: { ...DEFAULT_POLICY, backend: "posix-fork" },
      limits: DEFAULT_LIMITS,
      backend: "posix-fork",
      preload: [],
      cgroups: 0,
      jobsBeside: true,
      missing: [],
    });
    await host.hear("ready");
    return host;
  }

  say(message: HostMessage, descriptors: readonly Fd[] = []): void {
    this.sayBytes(encodeHostMessage(message), descriptors);
  }

  sayBytes(bytes: Uint8Array, descriptors: readonly Fd[] = []): void {
    if (this.#channel.send(bytes, descriptors) !== "sent") throw new Error("the worker takes no more");
  }

  /** Asks for a command with /dev/null for its streams. @returns its number */
  launch(argv: readonly string[], change: Partial<Launch> = {}, spare: number = 0): number {
    this.#jobId = change.jobId ?? this.#jobId + 1;
    using nothing = open("/dev/null", O.RDWR);
    const names: readonly DescriptorSlot[] = ["status", "stdin", "stdout", "stderr"];
    this.say(
      {
        kind: "launch",
        start: "exec",
        serves: "command",
        argv,
        env: ["PATH=/usr/bin:/bin"],
        cwd: "/",
        limits: DEFAULT_LIMITS,
        descriptors: names,
        ...change,
        jobId: this.#jobId,
      },
      Array.from({ length: names.length + spare }, () => nothing.fd),
    );
    return this.#jobId;
  }

  async status(jobId: number): Promise<JobPhase | "no answer"> {
    const pair = socketpair(SOCK.STREAM);
    using ours = pair.a;
    this.say({ kind: "status", jobId }, [pair.b.fd]);
    pair.b.close();
    await untilReadable(ours.fd);
    const bytes = new Uint8Array(64);
    const count = recv(ours.fd, bytes);
    return count === 0 ? "no answer" : decodeStatusReply(bytes.subarray(0, count)).phase;
  }

  /** The next message; null when the worker has closed its end. */
  async next(): Promise<Told | null> {
    for (;;) {
      await untilReadable(this.#channel.fd);
      const received = this.#channel.receive();
      if (received.kind === "closed") return null;
      if (received.kind === "empty") continue;
      const message = decodeWorkerMessage(received.bytes);
      for (const end of received.descriptors) this.#owned.use(end);
      if (message.kind !== "log" || message.level === "error") return { message, descriptors: received.descriptors };
    }
  }

  async hear<K extends WorkerMessage["kind"]>(kind: K): Promise<Told<Extract<WorkerMessage, { kind: K }>>> {
    const told = await this.next();
    if (told?.message.kind !== kind)
      throw new Error(`expected "${kind}", and the worker said ${JSON.stringify(told?.message ?? "nothing more")}`);
    return told as Told<Extract<WorkerMessage, { kind: K }>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#owned.dispose();
    await this.worker.exited;
    this.#doorbell.close();
  }
}

async function untilReadable(fd: Fd): Promise<void> {
  while (poll([{ fd, events: POLL.IN }], 0)[0] === 0) await Bun.sleep(2);
}
