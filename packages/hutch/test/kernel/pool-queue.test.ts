import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type CallOptions, createPool, isHutchError, type Pool } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

async function codeOf(promise: PromiseLike<unknown>): Promise<string> {
  return await Promise.resolve(promise).then(
    () => "fulfilled",
    (error: unknown) => (isHutchError(error) ? error.code : String(error)),
  );
}

/** Ends when its caller says so, and holds the pool's only worker until then. */
function occupy(pool: Pool<typeof tasks>): { readonly free: () => void; readonly freed: Promise<unknown> } {
  const abort = new AbortController();
  const freed = pool
    .execute("later", [60_000], { signal: abort.signal, limits: { wallMs: 90_000 } })
    .catch((error: unknown) => error);
  return { free: () => abort.abort(), freed };
}

describe("calls that wait for the only worker", () => {
  let pool: Pool<typeof tasks>;
  beforeAll(async () => {
    pool = await createPool<typeof tasks>({ module, maxQueue: 24 });
  });
  afterAll(async () => {
    await pool.close();
  });

  /** The order in which these calls are answered, having waited together. */
  async function orderOf(calls: readonly (readonly [name: string, options: CallOptions])[]): Promise<string[]> {
    const { free, freed } = occupy(pool);
    const order: string[] = [];
    const all = calls.map(async ([name, options]) => {
      await pool.call("echo", [name], options);
      order.push(name);
    });
    free();
    await Promise.all([freed, ...all]);
    return order;
  }

  test("are served by priority, and the lowest is not starved", async () => {
    const named = (priority: "high" | "normal" | "low", count: number) =>
      Array.from({ length: count }, () => [priority, { priority }] as const);
    const order = await orderOf([...named("low", 2), ...named("normal", 6), ...named("high", 16)]);
    expect(order.slice(0, 12).filter((name) => name === "high")).toHaveLength(8);
    expect(order.slice(0, 12).filter((name) => name === "normal")).toHaveLength(3);
    expect(order.slice(0, 12).filter((name) => name === "low")).toHaveLength(1);
  });

  test("are served in turn for their callers, and in order for each of them", async () => {
    const calls = ["ann 1", "ann 2", "ann 3", "bob 1", "bob 2", "cy 1"].map(
      (name) => [name, { caller: name.slice(0, -2) }] as const,
    );
    expect(await orderOf(calls)).toEqual(["ann 1", "bob 1", "cy 1", "ann 2", "bob 2", "ann 3"]);
  });

  test("are refused when as many wait as the pool takes, commands too, and taken again when there is room", async () => {
    const { free, freed } = occupy(pool);
    const waiting = Array.from({ length: 24 }, () => pool.call("add", [1, 2]));
    expect(await codeOf(pool.call("add", [1, 2]))).toBe("QUEUE_FULL");
    expect(await codeOf(pool.run(["true"]))).toBe("QUEUE_FULL");
    expect(pool.call("add", [1, 2], { priority: "high" })).rejects.toThrow("24 calls wait, its maxQueue");
    free();
    await Promise.all([freed, ...waiting]);
    expect(await pool.call("add", [1, 2])).toBe(3);
  });

  test("end with their deadline, and what is said tells waiting from running", async () => {
    const { free, freed } = occupy(pool);
    const waited = pool.execute("add", [1, 2], { deadlineMs: 50 });
    await expect(waited).rejects.toThrow("deadline of 50 ms passed while the call waited for a worker");
    expect(await codeOf(pool.run(["true"], { deadlineMs: 50 }))).toBe("DEADLINE_PASSED");
    free();
    await freed;
    await pool.call("add", [1, 2]);
    await until(() => pool.stats().workers.busy === 0);
    const ran = pool.execute("later", [60_000], { deadlineMs: 300, limits: { wallMs: 90_000 } });
    await expect(ran).rejects.toThrow("deadline of 300 ms passed while its job ran (it waited");
    expect(await pool.call("add", [1, 2], { deadlineMs: 60_000 })).toBe(3);
  });

  test("a deadline does not hide that the caller gave up", async () => {
    const abort = new AbortController();
    const call = pool.execute("later", [60_000], { deadlineMs: 60_000, signal: abort.signal });
    abort.abort(new Error("gave up"));
    await expect(call).rejects.toThrow("gave up");
  });

  const wrong: readonly (readonly [object, string])[] = [
    [{ priority: "urgent" }, 'Cannot use priority = "urgent": expected "high", "normal", "low"'],
    [{ priority: "hig" }, 'expected "high", "normal", "low"; did you mean "high"?'],
    [{ caller: 7 }, "Cannot use caller: expected text"],
    [{ deadlineMs: 0 }, "Cannot use deadlineMs = 0: expected a whole number from 1 to 86400000"],
    [{ deadlineMs: "1s" }, "Cannot use deadlineMs = 1s: expected a whole number"],
    [{ deadline: 5 }, 'Cannot use option "deadline": it is not known; did you mean "deadlineMs"?'],
    [{ timeout: 5 }, 'Cannot use option "timeout": it is not known; did you mean "limits.wallMs"?'],
    [{ prioriti: 5 }, 'did you mean "priority"?'],
    [{ signal: new AbortController() }, "Cannot use signal: expected an AbortSignal; did you mean its .signal?"],
    [{ signal: 5 }, "Cannot use signal: expected an AbortSignal"],
  ];
  test.each([...wrong])("%p is refused by every method, before anything waits", async (options, message) => {
    const artifact = {} as never;
    const calls: readonly (() => PromiseLike<unknown>)[] = [
      () => pool.call("add", [1, 2], options),
      () => pool.execute("add", [1, 2], options),
      () => pool.wasm(artifact, "x", new Uint8Array(), options),
      () => pool.wasi(artifact, ["x"], options),
      () => pool.prepare(new Uint8Array(), options),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(message);
    expect(() => pool.run(["true"], options)).toThrow(message);
  });
});

test("what is no list of arguments is refused before a job exists", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  await expect(pool.call("add", 5 as never)).rejects.toThrow(
    'Cannot call "add": expected an array of its arguments, received number',
  );
  expect(pool.stats().jobs.ended).toMatchObject({ ok: 0, failed: 0 });
});

describe("a pool without a queue", () => {
  test("refuses a call that would have to wait", async () => {
    await using pool = await createPool<typeof tasks>({ module, maxQueue: 0 });
    // One after the other: none waits for another's end.
    for (let i = 0; i < 20; i++) expect(await pool.call("add", [i, 1])).toBe(i + 1);
    const { free, freed } = occupy(pool);
    await expect(pool.call("add", [1, 2])).rejects.toThrow("every worker is busy, and maxQueue is 0");
    free();
    await freed;
  });

  test.each([-1, 1.5, Number.NaN])("%p is no bound", async (maxQueue) => {
    await expect(createPool({ maxQueue })).rejects.toThrow(`Cannot use maxQueue = ${maxQueue}`);
  });
});
