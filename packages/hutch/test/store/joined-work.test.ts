import { expect, test } from "bun:test";
import fc from "fast-check";
import { JoinedWork } from "../../src/store/joined-work.ts";

class OwnError extends Error {}
const joinedWork = (): JoinedWork<number> => new JoinedWork((error) => error instanceof OwnError);

/** Work that ends when it is told to. */
function controlled(): {
  readonly work: (signal: AbortSignal) => Promise<number>;
  readonly settle: PromiseWithResolvers<number>;
  readonly signals: AbortSignal[];
} {
  const settle = Promise.withResolvers<number>();
  const signals: AbortSignal[] = [];
  return {
    work: (signal) => {
      signals.push(signal);
      return settle.promise;
    },
    settle,
    signals,
  };
}

/** How each ended: its value, or its error's message. */
async function ends(results: readonly Promise<number>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(results);
  return settled.map((end) => (end.status === "fulfilled" ? end.value : (end.reason as Error).message));
}

test("join() does work of one key once, and work of two keys twice", async () => {
  const joined = joinedWork();
  const { work, settle, signals } = controlled();
  const results = ["a", "a", "b"].map((key) => joined.join(key, undefined, work));
  settle.resolve(7);
  expect(await Promise.all(results)).toEqual([7, 7, 7]);
  expect([signals.length, joined.joined]).toEqual([2, 1]);
  expect(await joined.join("a", undefined, async () => 8)).toBe(8);
});

test("join() lets one caller give up alone, whoever began the work", async () => {
  const joined = joinedWork();
  const { work, settle, signals } = controlled();
  const [first, second] = [new AbortController(), new AbortController()];
  const results = [first.signal, second.signal, undefined].map((signal) => joined.join("a", signal, work));
  const ended = ends(results);
  first.abort(new Error("first gave up"));
  second.abort(new Error("second gave up"));
  await Promise.allSettled(results.slice(0, 2));
  expect(signals[0]?.aborted).toBe(false);
  settle.resolve(7);
  expect(await ended).toEqual(["first gave up", "second gave up", 7]);
});

test("join() ends the work when nobody waits any more, and nobody joins it then", async () => {
  const joined = joinedWork();
  const { work, settle, signals } = controlled();
  const callers = [new AbortController(), new AbortController()];
  const ended = ends(callers.map(({ signal }) => joined.join("a", signal, work)));
  for (const caller of callers) caller.abort(new Error("gave up"));
  expect(await ended).toEqual(["gave up", "gave up"]);
  expect(signals[0]?.aborted).toBe(true);
  expect(await joined.join("a", undefined, async () => 9)).toBe(9);
  settle.reject(new Error("nobody hears this"));
  const gone = AbortSignal.abort(new Error("gone before"));
  await expect(joined.join("a", gone, work)).rejects.toThrow("gone before");
  expect(signals.length).toBe(1);
});

const ERRORS = { no: null, "for all": new RangeError("broken"), "for its own": new OwnError("closed") } as const;

type Move =
  | { readonly kind: "join"; readonly key: "a" | "b" }
  | { readonly kind: "give up"; readonly caller: number }
  | { readonly kind: "end"; readonly work: number; readonly fails: keyof typeof ERRORS };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("join" as const), key: fc.constantFrom("a", "b") }),
    fc.record({ kind: fc.constant("give up" as const), caller: fc.nat(20) }),
    fc.record({
      kind: fc.constant("end" as const),
      work: fc.nat(20),
      fails: fc.constantFrom("no", "for all", "for its own"),
    }),
  ),
  { maxLength: 40 },
);

interface Work {
  readonly key: string;
  readonly by: number;
  readonly signal: AbortSignal;
  readonly settle: PromiseWithResolvers<number>;
  over: boolean;
}

async function play(given: readonly Move[]): Promise<void> {
  const joined = joinedWork();
  const works: Work[] = [];
  const callers: { readonly gaveUp: AbortController; readonly outcome: Promise<readonly unknown[]> }[] = [];
  const begin = (key: string, by: number) => (signal: AbortSignal) => {
    expect(works.filter((work) => work.key === key && !work.over && !work.signal.aborted)).toEqual([]);
    const settle = Promise.withResolvers<number>();
    works.push({ key, by, signal, settle, over: false });
    return settle.promise;
  };
  const end = (work: Work | undefined, error: Error | null): void => {
    if (work === undefined) return;
    work.over = true;
    if (error === null) work.settle.resolve(7);
    else work.settle.reject(error);
  };
  const make = (move: Move): void => {
    if (move.kind === "join") {
      const gaveUp = new AbortController();
      const result = joined.join(move.key, gaveUp.signal, begin(move.key, callers.length));
      callers.push({ gaveUp, outcome: ends([result]) });
    } else if (move.kind === "give up") callers[move.caller]?.gaveUp.abort(new Error("gave up"));
    else end(works[move.work], ERRORS[move.fails]);
  };
  for (const move of given) {
    make(move);
    await Bun.sleep(0);
  }
  // ORDER: also what is begun meanwhile, by those whose beginner could not.
  for (let index = 0; index < works.length; index += 1) {
    end(works[index], null);
    await Bun.sleep(0);
  }
  for (const [index, { gaveUp, outcome }] of callers.entries()) {
    const [told] = await outcome;
    expect([7, "broken", "closed", "gave up"]).toContain(told as string);
    if (told === "gave up") expect(gaveUp.signal.aborted).toBe(true);
    if (told === "closed") expect(works.some(({ by }) => by === index)).toBe(true);
  }
}

test("join() has one work of a key at a time, and one end for each caller, in whatever order things happen", async () => {
  await fc.assert(fc.asyncProperty(moves, play), { numRuns: 200 });
});

test("join() gives the work's error to all, but for one that is the beginner's own: then they do it themselves", async () => {
  const joined = joinedWork();
  const failing = controlled();
  const both = ends([1, 2].map(() => joined.join("a", undefined, failing.work)));
  failing.settle.reject(new RangeError("broken"));
  expect(await both).toEqual(["broken", "broken"]);
  const closing = controlled();
  const beginner = joined.join("a", undefined, closing.work);
  const others = [1, 2].map((value) => joined.join("a", undefined, async () => value));
  const ended = ends([beginner, ...others]);
  closing.settle.reject(new OwnError("my pool was closed"));
  // One of the two does it, and the other one joins.
  expect(await ended).toEqual(["my pool was closed", 1, 1]);
});
