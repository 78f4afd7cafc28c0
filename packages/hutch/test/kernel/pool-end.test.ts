import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, isHutchError } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

async function codeOf(promise: PromiseLike<unknown>): Promise<string> {
  return await Promise.resolve(promise).then(
    () => "fulfilled",
    (error: unknown) => (isHutchError(error) ? error.code : String(error)),
  );
}

test("close() lets the calls that were made end, takes no more, and leaves nothing behind", async () => {
  // What a process opens once.
  await (await createPool()).close();
  const before = await settledDescriptors();
  const pool = await createPool<typeof tasks>({ module });
  const running = pool.execute("later", [500]);
  const waiting = [pool.call("add", [1, 2]), pool.call("add", [3, 4])];
  const command = pool.run(["echo", "five"]);
  const closed = pool.close();
  expect(await codeOf(pool.call("add", [1, 2]))).toBe("POOL_CLOSED");
  expect(await running).toMatchObject({ ok: true, value: "later" });
  expect(await Promise.all(waiting)).toEqual([3, 7]);
  expect((await command).text()).toBe("five\n");
  await closed;
  await pool.close();
  expect(pool.stats()).toMatchObject({
    workers: { ready: 0, ended: { closed: 1 } },
    jobs: { running: 0 },
    calls: { lost: { closed: 1 } },
  });
  expect(await leakedSince(before)).toEqual([]);
});

describe.each(["destroy()", "await using", "its signal"])("%s", (way) => {
  test("ends what runs and what waits at once, and says that the pool is closed", async () => {
    const before = await settledDescriptors();
    const abort = new AbortController();
    const calls: Promise<string>[] = [];
    {
      const pool = await createPool<typeof tasks>({ module, signal: abort.signal });
      await using used = way === "await using" ? pool : null;
      calls.push(codeOf(pool.execute("later", [60_000], { limits: { wallMs: 90_000 } })));
      calls.push(codeOf(pool.call("add", [1, 2])));
      calls.push(codeOf(pool.run(["true"])));
      await until(() => pool.stats().jobs.running === 1);
      if (used === null) {
        if (way === "destroy()") await pool.destroy();
        else abort.abort();
      }
    }
    expect(await Promise.all(calls)).toEqual(["POOL_CLOSED", "POOL_CLOSED", "POOL_CLOSED"]);
    expect(await leakedSince(before)).toEqual([]);
  });
});

test("destroy() does not wait for a close() that waits", async () => {
  const pool = await createPool<typeof tasks>({ module });
  const running = codeOf(pool.execute("later", [60_000], { limits: { wallMs: 90_000 } }));
  await until(() => pool.stats().jobs.running === 1);
  const closed = pool.close();
  await pool.destroy();
  expect(await running).toBe("POOL_CLOSED");
  await closed;
});

test("a signal that ends both the pool and its calls is what the calls reject with", async () => {
  const abort = new AbortController();
  const { signal } = abort;
  const pool = await createPool<typeof tasks>({ module, signal });
  const calls = [
    pool.execute("later", [60_000], { signal, limits: { wallMs: 90_000 } }),
    pool.call("add", [1, 2], { signal }),
    pool.run(["true"], { signal }),
  ];
  const settled = Promise.allSettled(calls);
  await until(() => pool.stats().jobs.running === 1);
  const reason = new Error("that is enough");
  abort.abort(reason);
  for (const result of await settled) expect(result).toEqual({ status: "rejected", reason });
  await pool.destroy();
  expect(pool.stats().calls.lost).toMatchObject({ "gave-up": 3, closed: 0 });
});
