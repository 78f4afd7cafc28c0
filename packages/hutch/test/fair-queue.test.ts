import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FairQueue, PRIORITIES, type Priority, SHARES } from "../src/fair-queue.ts";

const CALLERS = ["ann", "bob", "cy"] as const;
const priorities = fc.constantFrom(...PRIORITIES);
const callers = fc.constantFrom(...CALLERS);

interface Item {
  readonly id: number;
  readonly priority: Priority;
  readonly caller: string;
}

type Action =
  | { readonly kind: "push"; readonly priority: Priority; readonly caller: string }
  | { readonly kind: "shift" }
  /** Of all that were ever pushed, so also those that are gone already. */
  | { readonly kind: "leave"; readonly which: number };

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("push" as const), priority: priorities, caller: callers }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("shift" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat(300) }) },
  ),
  { maxLength: 300 },
);

/** Fills a queue, each of these priorities deep enough that it is never empty. */
function backlogged(of: readonly Priority[], depth: number): FairQueue<Priority> {
  const queue = new FairQueue<Priority>();
  for (const priority of of) for (let i = 0; i < depth; i++) queue.push(priority, priority, "");
  return queue;
}

const count = <T>(items: readonly T[], wanted: T): number => items.filter((item) => item === wanted).length;

describe("FairQueue", () => {
  test("loses nothing, serves nothing twice, and serves the calls of one caller and priority in the order of their coming", () => {
    fc.assert(
      fc.property(actions, (list) => {
        const queue = new FairQueue<Item>();
        const pushed: { readonly item: Item; readonly leave: () => boolean }[] = [];
        const waiting = new Set<number>();
        const served: Item[] = [];
        const serve = (): boolean => {
          const item = queue.shift();
          expect(item === undefined).toBe(waiting.size === 0);
          if (item === undefined) return false;
          expect(waiting.delete(item.id)).toBe(true);
          served.push(item);
          return true;
        };
        for (const action of list) {
          if (action.kind === "push") {
            const item = { id: pushed.length, priority: action.priority, caller: action.caller };
            pushed.push({ item, leave: queue.push(item, item.priority, item.caller) });
            waiting.add(item.id);
          } else if (action.kind === "shift") serve();
          else {
            const chosen = pushed[action.which % pushed.length];
            if (chosen !== undefined) expect(chosen.leave()).toBe(waiting.delete(chosen.item.id));
          }
          expect(queue.size).toBe(waiting.size);
        }
        while (serve());
        for (const priority of PRIORITIES)
          for (const caller of CALLERS) {
            const ids = served.filter((i) => i.priority === priority && i.caller === caller).map((i) => i.id);
            expect(ids).toEqual(ids.toSorted((a, b) => a - b));
          }
      }),
    );
  });

  test("serves 8 high, 3 normal and 1 low of every twelve while all three wait", () => {
    const queue = backlogged(PRIORITIES, 200);
    for (let round = 0; round < 10; round++) {
      const twelve = Array.from({ length: 12 }, () => queue.shift());
      for (const priority of PRIORITIES) expect(count(twelve, priority)).toBe(SHARES[priority]);
    }
  });

  test("leaves the share of a priority that nobody waits in to the others, in their own proportion", () => {
    fc.assert(
      fc.property(fc.uniqueArray(priorities, { minLength: 1 }), (of) => {
        const queue = backlogged(of, 400);
        const sum = of.reduce((total, priority) => total + SHARES[priority], 0);
        const served = Array.from({ length: sum * 20 }, () => queue.shift());
        for (const priority of of)
          expect(Math.abs(count(served, priority) - SHARES[priority] * 20)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("keeps any two priorities that wait within one turn of each other's share, whatever the third does", () => {
    // The bound of start-time fair queueing for every stretch of time: |Wa/sa - Wb/sb| <= 1/sa + 1/sb.
    fc.assert(
      fc.property(
        fc.uniqueArray(priorities, { minLength: 2, maxLength: 2 }),
        fc.array(fc.oneof(fc.constant("third" as const), fc.constant("shift" as const)), { maxLength: 400 }),
        fc.nat(50),
        ([a, b], list, from) => {
          const pair = [a as Priority, b as Priority] as const;
          const third = PRIORITIES.find((priority) => !pair.includes(priority)) as Priority;
          const queue = backlogged(pair, 500);
          const served: (Priority | undefined)[] = [];
          for (const action of list)
            if (action === "third") queue.push(third, third, "");
            else served.push(queue.shift());
          const stretch = served.slice(from);
          const [first, second] = pair.map((priority) => count(stretch, priority) / SHARES[priority]);
          const bound = 1 / SHARES[pair[0]] + 1 / SHARES[pair[1]];
          expect(Math.abs((first as number) - (second as number))).toBeLessThanOrEqual(bound + 1e-9);
        },
      ),
    );
  });

  test("starves nobody: whoever is first of a priority's callers is served within a bounded number of turns", () => {
    fc.assert(
      fc.property(priorities, fc.array(priorities, { maxLength: 60 }), fc.nat(40), (mine, earlier, shifts) => {
        const queue = new FairQueue<string>();
        for (const priority of earlier) queue.push("earlier", priority, "other");
        for (let i = 0; i < shifts; i++) queue.shift();
        const before = queue.sizeOf(mine);
        queue.push("mine", mine, "me");
        // Everybody else keeps coming.
        for (let i = 0; i < 500; i++) for (const priority of PRIORITIES) queue.push("other", priority, "other");
        let turns = 1;
        while (queue.shift() !== "mine") turns += 1;
        // Of my priority at most one of the other caller comes before me; of the others what their share is by then, and a turn.
        const ofMine = before === 0 ? 1 : 2;
        const others = PRIORITIES.filter((priority) => priority !== mine);
        const bound = others.reduce(
          (sum, other) => sum + Math.ceil(((ofMine + 1) * SHARES[other]) / SHARES[mine]) + 1,
          ofMine,
        );
        expect(turns).toBeLessThanOrEqual(bound);
      }),
    );
  });

  test("gives nothing back to a priority that did not wait: it saves up no turns", () => {
    const queue = new FairQueue<Priority>();
    for (let i = 0; i < 1000; i++) {
      queue.push("high", "high", "");
      queue.shift();
    }
    for (let i = 0; i < 100; i++) for (const priority of ["high", "low"] as const) queue.push(priority, priority, "");
    const served = Array.from({ length: 27 }, () => queue.shift());
    expect(count(served, "low")).toBeLessThanOrEqual(4);
    expect(count(served, "low")).toBeGreaterThanOrEqual(2);
  });

  test("serves the callers of one priority in turn, however many calls each has waiting", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }), (depths) => {
        const queue = new FairQueue<number>();
        depths.forEach((depth, caller) => {
          for (let i = 0; i < depth; i++) queue.push(caller, "normal", `caller ${caller}`);
        });
        for (let turn = 0; turn < Math.max(...depths); turn++) {
          const inThisTurn = depths.flatMap((depth, caller) => (depth > turn ? [caller] : []));
          expect(inThisTurn.map(() => queue.shift())).toEqual(inThisTurn);
        }
        expect(queue.shift()).toBeUndefined();
      }),
    );
  });
});
