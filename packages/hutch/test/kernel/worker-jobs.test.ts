// The host's side of the protocol, with a worker at the other end that says whatever the test wants.
import { describe, expect, test } from "bun:test";
import {
  DEFAULT_LIMITS,
  decodeHostMessage,
  encodeStatusReply,
  encodeWorkerMessage,
  type StatusReply,
  type WorkerMessage,
} from "@hutch/core";
import { closeAll, NumberedChannel } from "@hutch/fdpass";
import { type Fd, getpid, type OwnedFd, pidfdOpen, SOCK, socketpair, trySend, writeAll } from "@hutch/syscall";
import { Conversation } from "../../src/conversation.ts";
import { type JobListener, WorkerJobs } from "../../src/worker-jobs.ts";
import { openDescriptors, until } from "./until.ts";

const JOB = {
  start: "exec",
  serves: "command",
  argv: ["true"],
  env: [],
  cwd: "/",
  limits: DEFAULT_LIMITS,
} as const;

/** A worker with no process behind it. */
function startedSaid(jobId: number): WorkerMessage {
  const moments = { begunMicros: 1, clonedMicros: 0, walkedMicros: 0, executedMicros: 0 };
  return { kind: "started", jobId, setupMicros: 1, ...moments };
}

class SaysAnything implements Disposable {
  readonly #channel: NumberedChannel;
  readonly #doorbell: OwnedFd;
  readonly jobs: WorkerJobs;
  readonly conversation: Conversation;
  /** What each listener heard, in order. */
  readonly heard: string[][] = [];
  ended: string | null = null;

  constructor() {
    const channel = socketpair(SOCK.SEQPACKET);
    const doorbell = socketpair(SOCK.STREAM);
    this.#channel = new NumberedChannel(channel.b, { maxBytes: 128 * 1024, maxDescriptors: 8 }, "this");
    this.#doorbell = doorbell.b;
    this.conversation = new Conversation(
      channel.a,
      doorbell.a,
      (said) => this.jobs.hear(said),
      (why) => {
        this.ended = why;
        this.jobs.abandon(Promise.resolve());
      },
    );
    this.jobs = new WorkerJobs(this.conversation, () => this.conversation.close());
  }

  launch(): number {
    const heard: string[] = [];
    this.heard.push(heard);
    const listener: JobListener = {
      started: (pidfd) => {
        pidfd.close();
        heard.push("started");
      },
      refused: () => void heard.push("refused"),
      exited: () => void heard.push("exited"),
      kill: () => {},
      abandoned: () => void heard.push("abandoned"),
    };
    return this.jobs.launch(JOB, [], listener);
  }

  say(message: WorkerMessage, descriptors: readonly Fd[] = []): void {
    this.sayBytes(encodeWorkerMessage(message), descriptors);
  }

  sayBytes(bytes: Uint8Array, descriptors: readonly Fd[] = [], ring: "rung" | "unheard" = "rung"): void {
    if (this.#channel.send(bytes, descriptors) !== "sent") throw new Error("the host takes no more");
    if (ring === "rung") this.ring();
  }

  ring(): void {
    writeAll(this.#doorbell.fd, new Uint8Array(1));
  }

  started(jobId: number, pidfds: number = 1): void {
    using self = pidfdOpen(getpid());
    this.say(startedSaid(jobId), new Array(pidfds).fill(self.fd));
  }

  exited(jobId: number, descriptors: readonly Fd[] = []): void {
    this.say({ kind: "exited", jobId, waitStatus: 0, cpuUserMicros: 0, cpuSystemMicros: 0 }, descriptors);
  }

  /** What the host said until now. */
  hear(): string[] {
    const kinds: string[] = [];
    for (let received = this.#channel.receive(); received.kind === "packet"; received = this.#channel.receive()) {
      const message = decodeHostMessage(received.bytes);
      kinds.push("jobId" in message ? `${message.kind} ${message.jobId}` : message.kind);
      closeAll(received.descriptors);
    }
    return kinds;
  }

  /** Answers a question for a status, if there is one. @param more packets that it says it has sent beside those that it has */
  answer(reply: Omit<StatusReply, "kind" | "sent">, more: number): boolean {
    const received = this.#channel.receive();
    if (received.kind !== "packet") return false;
    const [socket] = received.descriptors;
    const { sent } = this.#channel;
    if (socket !== undefined)
      trySend(socket.fd, encodeStatusReply({ kind: "status-reply", ...reply, sent: sent + more }));
    closeAll(received.descriptors);
    return decodeHostMessage(received.bytes).kind === "status";
  }

  [Symbol.dispose](): void {
    this.conversation.close();
    this.#channel.close();
    if (!this.#doorbell.closed) this.#doorbell.close();
  }
}

const OUT_OF_ORDER: Readonly<Record<string, readonly [act: (worker: SaysAnything) => void, why: string]>> = {
  "started without a pidfd": [(worker) => worker.started(1, 0), "0 descriptors came with it, 1 belong to it"],
  "started with two": [(worker) => worker.started(1, 2), "2 descriptors came with it, 1 belong to it"],
  "started with many": [(worker) => worker.started(1, 8), "its descriptors were cut off"],
  "started twice": [
    (worker) => {
      worker.started(1);
      worker.started(1);
    },
    '"started" came for job 1, which is in phase "running"',
  ],
  "started for a job that nobody asked for": [(worker) => worker.started(9), "there never was a job 9"],
  "exited before started": [(worker) => worker.exited(1), '"exited" came for job 1, which is in phase "asked"'],
  "exited with a descriptor": [
    (worker) => {
      worker.started(1);
      using self = pidfdOpen(getpid());
      worker.exited(1, [self.fd]);
    },
    "1 descriptors came with it, 0 belong to it",
  ],
  "exited twice": [
    (worker) => {
      worker.started(1);
      worker.exited(1);
      worker.exited(1);
    },
    '"exited" came for job 1, which is in phase "gone"',
  ],
  "launch-failed for one that runs": [
    (worker) => {
      worker.started(1);
      worker.say({ kind: "launch-failed", jobId: 1, errno: 1, message: "" });
    },
    '"launch-failed" came for job 1',
  ],
  "hello again": [
    (worker) => worker.say({ kind: "hello", protocolVersion: 1, hutchVersion: "", bunVersion: "" }),
    'it said "hello" out of order',
  ],
  "bytes that are no message": [(worker) => worker.sayBytes(Uint8Array.of(99)), "Cannot read a message of the worker"],
};

describe("a worker that says what it can not mean", () => {
  test.each(Object.entries(OUT_OF_ORDER))(
    "%s: it is not listened to again, and every job of it ends once",
    async (_, [act, why]) => {
      {
        using worker = new SaysAnything();
        worker.launch();
        worker.launch();
        act(worker);
        // Right, but too late.
        worker.started(2);
        await until(() => worker.ended !== null);
        expect(worker.ended).toContain(why);
        const ends = worker.heard.map((heard) => heard.filter((word) => word !== "started"));
        for (const end of ends) expect(end.length).toBe(1);
        expect(ends[1]).toEqual(["abandoned"]);
      }
      await until(() => openDescriptors().every((target) => !target.includes("pidfd")));
    },
  );
});

describe("WorkerJobs", () => {
  test("drops its record before it asks to reap, and what the worker told before it went still counts", async () => {
    using worker = new SaysAnything();
    const [first, second, third] = [worker.launch(), worker.launch(), worker.launch()] as const;
    worker.started(first);
    worker.exited(first);
    await until(() => worker.heard[0]?.at(-1) === "exited");
    expect(worker.hear()).toEqual(["launch 1", "launch 2", "launch 3", "reap 1"]);
    worker.jobs.kill(first);
    worker.jobs.kill(second);
    expect(worker.hear()).toEqual(["kill 2"]);
    worker.say({ kind: "launch-failed", jobId: third, errno: 12, message: "no memory" });
    worker.started(second);
    worker.exited(second);
    worker[Symbol.dispose]();
    await until(() => worker.ended !== null);
    expect(worker.heard).toEqual([["started", "exited"], ["started", "exited"], ["refused"]]);
  });

  test("a worker that reads nothing for a while gets everything, in order", async () => {
    using worker = new SaysAnything();
    const wanted = Array.from({ length: 2_000 }, () => `launch ${worker.launch()}`);
    const heard: string[] = [];
    await until(() => {
      heard.push(...worker.hear());
      return heard.length >= wanted.length;
    });
    expect(heard).toEqual(wanted);
  });

  test("what was told without a ring is heard with the next answer, and a packet that was lost ends the worker", async () => {
    using worker = new SaysAnything();
    const jobId = worker.launch();
    using self = pidfdOpen(getpid());
    worker.sayBytes(encodeWorkerMessage(startedSaid(jobId)), [self.fd], "unheard");
    await until(() => worker.answer({ jobId, phase: "running" }, 0));
    await until(() => worker.heard[0]?.at(-1) === "started");
    worker.jobs.expectEnd(jobId);
    await until(() => worker.answer({ jobId, phase: "exited" }, 1));
    await until(() => worker.ended !== null);
    expect(worker.heard).toEqual([["started", "abandoned"]]);
  });

  test("a launch to a worker that is gone abandons its job, later and once", async () => {
    using worker = new SaysAnything();
    worker.conversation.close();
    worker.launch();
    expect(worker.heard[0]).toEqual([]);
    await until(() => (worker.heard[0]?.length ?? 0) > 0);
    worker.jobs.kill(1);
    expect(worker.heard[0]).toEqual(["abandoned"]);
  });
});
