// Who is served next: priorities by shares, within a priority the callers in turn, within a caller in the order of coming.
// Pure: no promise, no clock. Written here because the queues of npm (p-queue, fastq, piscina's, Bottleneck) serve a higher
// priority until it is empty, which starves the others, and know no callers.
import { Line } from "./line.ts";

export const PRIORITIES = ["high", "normal", "low"] as const;
/** Of a call, in the pool's queue. */
export type Priority = (typeof PRIORITIES)[number];

/** Of twelve that are served while all three have somebody waiting. A priority that nobody waits in leaves its share to the others. */
export const SHARES: Readonly<Record<Priority, number>> = { high: 8, normal: 3, low: 1 };

/** How far its own time moves when one is served: divisible by each share, so that times stay whole numbers. */
const UNIT = 24;

interface OfCaller<T> {
  readonly caller: string;
  readonly line: Line<T>;
  /** Takes the caller out of its turn. */
  leaveTurn: () => boolean;
}

interface OfPriority<T> {
  readonly step: number;
  /** Start-time fair queueing (Goyal, Vin and Cheng, 1996): the priority with the least is next. */
  time: number;
  size: number;
  readonly callers: Map<string, OfCaller<T>>;
  readonly turns: Line<OfCaller<T>>;
}

export class FairQueue<T> {
  readonly #priorities: Readonly<Record<Priority, OfPriority<T>>> = {
    high: emptyPriority(SHARES.high),
    normal: emptyPriority(SHARES.normal),
    low: emptyPriority(SHARES.low),
  };
  /** Of the one that was served last. */
  #time = 0;

  get size(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.sizeOf(priority), 0);
  }

  sizeOf(priority: Priority): number {
    return this.#priorities[priority].size;
  }

  /** @returns takes it out again; false when it was served or taken out before */
  push(item: T, priority: Priority, caller: string): () => boolean {
    const of = this.#priorities[priority];
    // Nothing is saved up while nobody waits.
    if (of.size === 0) of.time = Math.max(of.time, this.#time);
    const waiting = of.callers.get(caller) ?? joinTurns(of, caller);
    const leave = waiting.line.push(item);
    of.size += 1;
    return () => {
      if (!leave()) return false;
      of.size -= 1;
      if (waiting.line.size === 0) {
        waiting.leaveTurn();
        of.callers.delete(caller);
      }
      return true;
    };
  }

  shift(): T | undefined {
    const of = this.#next();
    const waiting = of?.turns.shift();
    if (of === null || waiting === undefined) return undefined;
    const item = waiting.line.shift();
    if (waiting.line.size === 0) of.callers.delete(waiting.caller);
    else waiting.leaveTurn = of.turns.push(waiting);
    of.size -= 1;
    this.#time = of.time;
    of.time += of.step;
    return item;
  }

  #next(): OfPriority<T> | null {
    let next: OfPriority<T> | null = null;
    // ORDER: at the same time the higher priority goes first.
    for (const priority of PRIORITIES) {
      const of = this.#priorities[priority];
      if (of.size > 0 && (next === null || of.time < next.time)) next = of;
    }
    return next;
  }
}

function emptyPriority<T>(share: number): OfPriority<T> {
  return { step: UNIT / share, time: 0, size: 0, callers: new Map(), turns: new Line() };
}

function joinTurns<T>(of: OfPriority<T>, caller: string): OfCaller<T> {
  const waiting: OfCaller<T> = { caller, line: new Line(), leaveTurn: () => false };
  waiting.leaveTurn = of.turns.push(waiting);
  of.callers.set(caller, waiting);
  return waiting;
}
