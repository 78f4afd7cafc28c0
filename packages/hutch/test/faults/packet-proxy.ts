// A program between a host and its workers: passes packets on as they come, and now and then does to one what it was told to.
// Descriptor 3 is where it is told; a line of stdout for each order says whether a packet came for it.
import { Channel, closeAll } from "@hutch/fdpass";
import { type Fd, MSG, O, OwnedFd, open, POLL, poll, toFd, trySend } from "@hutch/syscall";
import type { Harm, Order, Way } from "./proxy-orders.ts";

const CONTROL = 3;
/** More than any packet may have, so that one that was made too long arrives here whole. */
const LIMITS = { maxBytes: 256 * 1024, maxDescriptors: 64 };
const TOO_LONG_BYTES = 140 * 1024;
const RING = new Uint8Array(1);
/** After number and checksum comes the message's kind: of a host its setup, of a worker ready. A hello has neither. */
const KIND_AT = 8;
const BEFORE_SERVICE: Readonly<Record<Way, number>> = { "to-worker": 1, "to-host": 2 };

interface Letter {
  readonly bytes: Uint8Array;
  readonly descriptors: readonly OwnedFd[];
}

/** One direction of one link. */
class Lane {
  readonly #from: Channel;
  readonly #to: Channel;
  readonly #bell: OwnedFd | null;
  readonly #way: Way;
  readonly #letters: Letter[] = [];
  #aside: { readonly letter: Letter; readonly untilMs: number } | null = null;
  #heldUntilMs = 0;
  #count = 0;
  #full = false;

  constructor(way: Way, from: Channel, to: Channel, bell: OwnedFd | null) {
    this.#way = way;
    this.#from = from;
    this.#to = to;
    this.#bell = bell;
  }

  get fd(): Fd {
    return this.#from.fd;
  }

  /** What it waits for at its far end, besides the time. */
  get full(): boolean {
    return this.#full;
  }

  /** Milliseconds until something is due; Infinity where nothing is. */
  dueMs(nowMs: number): number {
    const held = this.#letters.length > 0 && !this.#full ? this.#heldUntilMs - nowMs : Number.POSITIVE_INFINITY;
    return Math.max(0, Math.min(held, (this.#aside?.untilMs ?? Number.POSITIVE_INFINITY) - nowMs));
  }

  /** @returns false when the other end is gone, and nothing more will come */
  read(): boolean {
    for (;;) {
      const received = this.#from.receive();
      if (received.kind === "empty") return true;
      if (received.kind === "closed") return false;
      this.#count += 1;
      const order = takeOrder(this.#way, received.bytes, received.descriptors.length, this.#count);
      if (order === null) this.#letters.push(received);
      else this.#letters.push(...this.#harmed(received, order));
    }
  }

  #harmed(letter: Letter, { harm, random, ms }: Order): readonly Letter[] {
    const { bytes, descriptors } = letter;
    switch (harm) {
      case "truncate":
        return [{ bytes: bytes.subarray(0, random % bytes.byteLength), descriptors }];
      case "corrupt": {
        const changed = bytes.slice();
        const at = random % bytes.byteLength;
        changed[at] = (changed[at] as number) ^ (1 + ((random >> 8) % 255));
        return [{ bytes: changed, descriptors }];
      }
      case "lengthen":
        return [{ bytes: Buffer.concat([bytes, new Uint8Array(TOO_LONG_BYTES - bytes.byteLength)]), descriptors }];
      case "drop":
        closeAll(descriptors);
        return [];
      case "double":
        return [letter, letter];
      case "strip":
        descriptors[random % descriptors.length]?.close();
        return [{ bytes, descriptors: descriptors.filter(({ closed }) => !closed) }];
      case "add":
        return [{ bytes, descriptors: [...descriptors, ...nothings(random % 2 === 0 ? 1 : 20)] }];
      case "hold":
        this.#heldUntilMs = performance.now() + ms;
        return [letter];
      case "overtake":
        if (this.#aside !== null) return [letter];
        this.#aside = { letter, untilMs: performance.now() + ms };
        return [];
    }
  }

  /** @param last nothing more will come, and what is left goes now */
  write(nowMs: number, last: boolean): void {
    if (this.#aside !== null && (last || nowMs >= this.#aside.untilMs)) {
      this.#letters.push(this.#aside.letter);
      this.#aside = null;
    }
    this.#full = false;
    if (!last && nowMs < this.#heldUntilMs) return;
    for (let [letter] = this.#letters; letter !== undefined; [letter] = this.#letters) {
      const { bytes, descriptors } = letter;
      const sent = this.#to.send(
        bytes,
        descriptors.map(({ fd }) => fd),
      );
      if (sent === "full") {
        this.#full = true;
        return;
      }
      this.#letters.shift();
      // One that was doubled needs them once more.
      if (this.#letters[0] !== letter) closeAll(descriptors);
      if (this.#bell !== null) trySend(this.#bell.fd, RING, MSG.DONTWAIT);
    }
  }

  close(): void {
    const left = this.#aside === null ? this.#letters : [...this.#letters, this.#aside.letter];
    for (const { descriptors } of left) closeAll(descriptors);
  }
}

class Link {
  readonly toWorker: Lane;
  readonly toHost: Lane;
  readonly #ends: readonly (Channel | OwnedFd)[];

  constructor([hostChannel, hostBell, workerChannel, workerBell]: readonly OwnedFd[]) {
    if (hostChannel === undefined || hostBell === undefined || workerChannel === undefined || workerBell === undefined)
      throw new Error("a link has four ends");
    const host = new Channel(hostChannel, LIMITS);
    const worker = new Channel(workerChannel, LIMITS);
    this.toWorker = new Lane("to-worker", host, worker, null);
    this.toHost = new Lane("to-host", worker, host, hostBell);
    // The worker's own rings are not listened to: the host is rung when its packet is passed on.
    this.#ends = [host, hostBell, worker, workerBell];
  }

  /** What a side said before it went is passed on. */
  close(): void {
    for (const lane of [this.toHost, this.toWorker]) {
      lane.write(performance.now(), true);
      lane.close();
    }
    for (const end of this.#ends) end.close();
  }
}

const control = new Channel(new OwnedFd(toFd(CONTROL)), LIMITS);
const links = new Set<Link>();
let orders: { readonly order: Order; readonly untilMs: number }[] = [];

function nothings(count: number): OwnedFd[] {
  return Array.from({ length: count }, () => open("/dev/null", O.RDONLY));
}

function answer(order: Order, done: boolean): void {
  process.stdout.write(`${JSON.stringify({ id: order.id, done, links: links.size })}\n`);
}

/** A packet that is lost before its worker serves is missed after minutes only: a preloaded module may take so long. */
const NOT_BEFORE_SERVICE: readonly Harm[] = ["drop", "overtake"];

function takeOrder(way: Way, bytes: Uint8Array, descriptors: number, count: number): Order | null {
  const found = orders.find(
    ({ order }) =>
      order.way === way &&
      (order.harm !== "strip" || descriptors > 0) &&
      !(NOT_BEFORE_SERVICE.includes(order.harm) && (count === 1 || bytes[KIND_AT] === BEFORE_SERVICE[way])),
  );
  if (found === undefined) return null;
  orders = orders.filter((each) => each !== found);
  answer(found.order, true);
  return found.order;
}

/** @returns false when the test has gone */
function listen(): boolean {
  for (;;) {
    const received = control.receive();
    if (received.kind === "empty") return true;
    if (received.kind === "closed") return false;
    if (received.descriptors.length > 0) links.add(new Link(received.descriptors));
    else {
      const order = JSON.parse(new TextDecoder().decode(received.bytes)) as Order;
      orders.push({ order, untilMs: performance.now() + order.withinMs });
    }
  }
}

function dueMs(nowMs: number): number {
  const dues = [
    ...orders.map(({ untilMs }) => untilMs - nowMs),
    ...[...links].flatMap(({ toHost, toWorker }) => [toHost.dueMs(nowMs), toWorker.dueMs(nowMs)]),
  ];
  const due = Math.min(...dues);
  return due === Number.POSITIVE_INFINITY ? -1 : Math.max(0, Math.ceil(due));
}

for (;;) {
  const open = [...links];
  const wanted = (lane: Lane, back: Lane): { fd: Fd; events: number } => ({
    fd: lane.fd,
    events: POLL.IN | (back.full ? POLL.OUT : 0),
  });
  const [told, ...seen] = poll(
    [
      { fd: control.fd, events: POLL.IN },
      ...open.flatMap(({ toHost, toWorker }) => [wanted(toWorker, toHost), wanted(toHost, toWorker)]),
    ],
    dueMs(performance.now()),
  );
  if (told !== 0 && !listen()) break;
  for (const [index, link] of open.entries()) {
    const { toWorker, toHost } = link;
    const came = (at: number): boolean => ((seen[at] ?? 0) & ~POLL.OUT) !== 0;
    const alive = (!came(2 * index) || toWorker.read()) && (!came(2 * index + 1) || toHost.read());
    if (alive) for (const lane of [toWorker, toHost]) lane.write(performance.now(), false);
    else {
      links.delete(link);
      link.close();
    }
  }
  const nowMs = performance.now();
  for (const { order, untilMs } of orders) if (nowMs >= untilMs) answer(order, false);
  orders = orders.filter(({ untilMs }) => nowMs < untilMs);
}
for (const link of links) link.close();
