// Hears of the calls of one job that wait for the host, has each decided, and answers it: once, in time, or not at all when
// nobody waits any more. What is decided at once is answered in the order in which init told of it.
// BOUND: what one job can make the host do is so many decisions at a time, and so many more calls that wait for their turn.
import { dup, type OwnedFd, type Pid } from "@hutch/syscall";
import { Line } from "../line.ts";
import { type ListenedSocket, listenSocket } from "../listen-socket.ts";
import type { Deciders } from "./deciders.ts";
import { carryOut, type Decision, drop, refusal } from "./decision.ts";
import { InitOrders } from "./init-orders.ts";
import { InitWords } from "./init-words.ts";
import type { Notification } from "./notification.ts";
import { receiveListener } from "./receive-listener.ts";

const MOST_AT_ONCE = 32;
const MOST_WAITING = 1024;
const [EIO, EAGAIN, ETIMEDOUT] = [5, 11, 110];

/** A call from when init told of it until it has its answer. */
interface Waiting {
  readonly notification: Notification;
  readonly abort: AbortController;
  timer: ReturnType<typeof setTimeout> | null;
}

export interface HostEnds {
  /** Where init tells of calls. */
  readonly calls: OwnedFd;
  /** Where its listener waits by then. */
  readonly handover: OwnedFd;
}

export class Supervisor implements Disposable {
  readonly #deciders: Deciders;
  /** Process 1 of the job. */
  readonly #init: Pid;
  readonly #handover: OwnedFd;
  readonly #onLost: () => void;
  readonly #socket: ListenedSocket;
  readonly #waiting: Set<Waiting> = new Set();
  readonly #line: Line<Waiting> = new Line();
  readonly #warned: Set<string> = new Set();
  readonly #words: InitWords = new InitWords();
  readonly #orders: InitOrders;
  #listener: OwnedFd | null = null;
  #atOnce = 0;
  #over = false;

  /** @param ends ours from here on @param onLost nobody can be answered: the job has to be ended */
  constructor(deciders: Deciders, init: Pid, ends: HostEnds, onLost: () => void) {
    this.#deciders = deciders;
    this.#init = init;
    this.#handover = ends.handover;
    this.#onLost = onLost;
    // ORDER: before the other number of this socket is Bun's.
    this.#orders = new InitOrders(dup(ends.calls.fd));
    this.#socket = listenSocket(ends.calls, {
      data: (bytes) => this.#hear(bytes),
      // Init has ended, or ends: without this socket it cannot tell of any call.
      closed: () => {},
    });
    // What waits for the job is what keeps this process alive.
    this.#socket.keepAlive(false);
  }

  #hear(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#listener ??= receiveListener(this.#handover.fd);
    if (this.#listener === null) {
      this.#onLost();
      return;
    }
    for (const word of this.#words.add(bytes)) {
      if (word.kind === "copy") this.#orders.copied(word.token, word.bytes);
      else this.#admit({ notification: word.notification, abort: new AbortController(), timer: null });
    }
  }

  #admit(call: Waiting): void {
    if (this.#over) return;
    this.#waiting.add(call);
    if (this.#atOnce < MOST_AT_ONCE) this.#begin(call);
    else if (this.#line.size >= MOST_WAITING) this.#settle(call, refusal(EAGAIN));
    else this.#expire(call, this.#line.push(call));
  }

  #begin(call: Waiting): void {
    const decided = this.#decide(call);
    if (!(decided instanceof Promise)) {
      this.#settle(call, decided);
      return;
    }
    this.#atOnce += 1;
    this.#expire(call, () => false);
    decided.then((decision) => {
      this.#atOnce -= 1;
      this.#settle(call, decision);
      while (!this.#over && this.#atOnce < MOST_AT_ONCE) {
        const next = this.#line.shift();
        if (next === undefined) return;
        this.#begin(next);
      }
    });
  }

  /** Never rejects. */
  #decide(call: Waiting): Decision | Promise<Decision> {
    const { notification, abort } = call;
    const decider = this.#deciders.get(notification.number);
    const failed = (error: unknown): Decision => {
      this.#warn(decider?.name ?? `${notification.number}`, error);
      return refusal(EIO);
    };
    const copy = async (at: bigint, length: number): Promise<Uint8Array | null> =>
      this.#waiting.has(call) ? await this.#orders.read(notification, at, length) : null;
    const caller = { notification, init: this.#init, copy, signal: abort.signal };
    try {
      const decided = decider === undefined ? refusal(EIO) : decider.decide(caller);
      return decided instanceof Promise ? decided.catch(failed) : decided;
    } catch (error) {
      return failed(error);
    }
  }

  /** The time counts from when the host heard of the call. */
  #expire(call: Waiting, leave: () => boolean): void {
    call.timer ??= setTimeout(() => {
      leave();
      this.#settle(call, refusal(ETIMEDOUT));
      call.abort.abort();
    }, this.#deciders.answerMs);
    call.timer.unref();
  }

  #settle(call: Waiting, decision: Decision): void {
    const inTime = this.#waiting.delete(call);
    if (call.timer !== null) clearTimeout(call.timer);
    if (inTime && !this.#over && this.#listener !== null)
      carryOut(this.#listener.fd, this.#orders, call.notification, decision);
    drop(decision);
  }

  /** Once for each call: a job decides how often it makes it. */
  #warn(name: string, error: unknown): void {
    if (this.#warned.has(name)) return;
    this.#warned.add(name);
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    process.emitWarning(`The handler policy.supervise.calls.${name} failed, so the call did, with EIO: ${why}`, {
      type: "HutchWarning",
      code: "HUTCH_CALL_HANDLER",
      ...(error instanceof Error && error.stack !== undefined && { detail: error.stack }),
    });
  }

  [Symbol.dispose](): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.stop();
    for (const { timer, abort } of this.#waiting) {
      if (timer !== null) clearTimeout(timer);
      abort.abort();
    }
    this.#waiting.clear();
    this.#orders.close();
    this.#handover.close();
    this.#listener?.close();
  }
}
