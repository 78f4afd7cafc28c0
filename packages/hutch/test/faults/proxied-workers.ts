// The test's side of the packet proxy: gives every worker of a pool a way through it, and tells it what to do to packets.
import { join } from "node:path";
import { Channel } from "@hutch/fdpass";
import { SOCK, socketpair } from "@hutch/syscall";
import { type Connect, connectDirectly } from "../../src/worker-sockets.ts";
import type { Answer, Order } from "./proxy-orders.ts";

const PROGRAM = join(import.meta.dir, "packet-proxy.ts");
const LIMITS = { maxBytes: 1024, maxDescriptors: 4 };
const LINK = new Uint8Array(1);

export class ProxiedWorkers implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #control: Channel;
  readonly #waiting: Map<number, (answer: Answer) => void> = new Map();
  readonly #read: Promise<void>;
  #orders = 0;

  constructor() {
    const pair = socketpair(SOCK.SEQPACKET);
    using theirs = pair.b;
    this.#control = new Channel(pair.a, LIMITS);
    this.#child = Bun.spawn([process.execPath, "--conditions=hutch-source", PROGRAM], {
      stdio: ["ignore", "pipe", "inherit", theirs.fd],
    });
    this.#read = this.#listen(this.#child.stdout);
  }

  /** Made by the pool for each worker that it starts. */
  readonly connect: Connect = () => {
    using undo = new DisposableStack();
    const near = connectDirectly();
    for (const end of [near.host.channel, near.host.doorbell]) undo.use(end);
    using nearChannel = near.worker.channel;
    using nearBell = near.worker.doorbell;
    const far = connectDirectly();
    for (const end of [far.worker.channel, far.worker.doorbell]) undo.use(end);
    using farChannel = far.host.channel;
    using farBell = far.host.doorbell;
    this.#tell(LINK, [nearChannel.fd, nearBell.fd, farChannel.fd, farBell.fd]);
    undo.move();
    return { host: near.host, worker: far.worker };
  };

  /** @returns whether a packet came for it, when it has been harmed */
  async harm(order: Omit<Order, "id">): Promise<Answer> {
    const id = this.#orders++;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    this.#tell(new TextEncoder().encode(JSON.stringify({ ...order, id })), []);
    return await promise;
  }

  #tell(bytes: Uint8Array, descriptors: Parameters<Channel["send"]>[1]): void {
    const sent = this.#control.send(bytes, descriptors);
    if (sent !== "sent") throw new Error(`Cannot tell the proxy: its channel is ${sent}`);
  }

  async #listen(stdout: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.close();
    await this.#read;
    if ((await this.#child.exited) !== 0) throw new Error("the proxy failed");
  }
}
