import { expect, test } from "bun:test";
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
