import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool } from "../../src/index.ts";
import { Gate } from "./gate.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

/** Processes of workers, and of jobs that are copies of them. */
const workerProcesses = (): number[] =>
  descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("/hutch/worker.js"));

describe("a pool of one to three workers", () => {
  test("starts the others when calls would have to wait, and ends them when they have nothing to do", async () => {
    await using pool = await createPool<typeof tasks>({ module, maxWorkers: 3, idleTimeoutMs: 300 });
    expect(pool.stats().workers).toMatchObject({ ready: 1, busy: 0, starting: 0, started: 1 });
    const why: string[] = [];
    pool.events.on("workerEnded", (ended) => why.push(ended.why));
    const abort = new AbortController();
    const { signal } = abort;
    const busy = Array.from({ length: 3 }, () =>
      pool.call("later", [60_000], { signal, limits: { wallMs: 90_000 } }).catch((error: unknown) => error),
    );
    await until(() => pool.stats().jobs.running === 3);
    expect(pool.stats().workers).toMatchObject({ ready: 3, busy: 3, starting: 0, started: 3 });
    const waits = pool.call("add", [1, 2]);
    expect(pool.stats()).toMatchObject({ workers: { starting: 0 }, calls: { waiting: { normal: 1 } } });
    abort.abort();
    await Promise.all(busy);
    expect(await waits).toBe(3);
    await until(() => why.length === 2);
    expect(why).toEqual(["idle", "idle"]);
    expect(pool.stats().workers).toMatchObject({ ready: 1, ended: { idle: 2 } });
    expect(await pool.call("add", [1, 2])).toBe(3);
  });

  test("one call after the other needs but one", async () => {
    await using pool = await createPool<typeof tasks>({ module, maxWorkers: 3 });
    for (let i = 0; i < 20; i++) {
      await pool.call("add", [i, 1]);
      await until(() => pool.stats().workers.busy === 0);
    }
    expect(pool.stats().workers.started).toBe(1);
  });

  test("takes as many calls as workers may serve, also where none may wait", async () => {
    await using pool = await createPool<typeof tasks>({ module, maxWorkers: 3, maxQueue: 0 });
    const abort = new AbortController();
    const { signal } = abort;
    const busy = Array.from({ length: 3 }, () =>
      pool.call("later", [60_000], { signal, limits: { wallMs: 90_000 } }).catch((error: unknown) => error),
    );
    await expect(pool.call("add", [1, 2])).rejects.toMatchObject({ code: "QUEUE_FULL" });
    await until(() => pool.stats().jobs.running === 3);
    abort.abort();
    await Promise.all(busy);
  });
});

test("a pool of no workers at least ends them all, leaves nothing behind, and starts one for the next call", async () => {
  // What a process opens once.
  await (await createPool()).close();
  const processes = workerProcesses();
  const before = await settledDescriptors();
  await using pool = await createPool<typeof tasks>({ module, minWorkers: 0, idleTimeoutMs: 100 });
  await until(() => pool.stats().workers.ended.idle === 1);
  await until(() => workerProcesses().every((pid) => processes.includes(pid)));
  expect(await leakedSince(before)).toEqual([]);
  expect(await pool.call("add", [1, 2])).toBe(3);
  expect(pool.stats().workers.started).toBe(2);
  await until(() => pool.stats().workers.ended.idle === 2);
});

describe("a worker is retired", () => {
  test("after so many jobs, with another one ready before: no call waits for its start", async () => {
    await using pool = await createPool<typeof tasks>({ module, retireAfter: { jobs: 5 } });
    let [fewest, most] = [Number.POSITIVE_INFINITY, 0];
    while (pool.stats().workers.ended.jobs < 3) {
      expect(await pool.call("add", [40, 2])).toBe(42);
      const { ready, starting } = pool.stats().workers;
      fewest = Math.min(fewest, ready);
      most = Math.max(most, ready + starting);
    }
    expect([fewest, most]).toEqual([1, 2]);
    expect(pool.stats()).toMatchObject({ workers: { failed: 0 }, jobs: { ended: { "worker-died": 0 } } });
  });

  test("at an age", async () => {
    await using pool = await createPool<typeof tasks>({ module, retireAfter: { ageMs: 300 } });
    await until(async () => {
      await pool.call("add", [1, 1]);
      return pool.stats().workers.ended.age >= 2;
    });
  });

  test.each(["linux-clone", "posix-fork"] as const)("when its memory has grown: %s", async (backend) => {
    const policy = { backend };
    await using pool = await createPool<typeof tasks>({ module, policy, retireAfter: { grownBytes: 4096 } });
    await until(async () => {
      await Promise.all(Array.from({ length: 50 }, () => pool.call("add", [1, 1])));
      return pool.stats().workers.ended.memory >= 1;
    });
  });

  test("and what it still runs goes on to its end", async () => {
    using gate = new Gate();
    await using pool = await createPool<typeof tasks>({
      module,
      concurrentTasksPerWorker: 2,
      retireAfter: { jobs: 2 },
      policy: { files: gate.files },
    });
    const long = pool.execute("whileThere", [gate.path], { limits: { wallMs: 60_000 } });
    await pool.call("add", [1, 2]);
    await until(() => pool.stats().workers.started === 2);
    expect(pool.stats().workers).toMatchObject({ ended: { jobs: 0 } });
    expect(await pool.call("add", [1, 2])).toBe(3);
    gate.open();
    expect(await long).toMatchObject({ ok: true, value: "gone" });
    await until(() => pool.stats().workers.ended.jobs >= 1);
  });
});

test("a worker that is killed while nobody uses it is replaced by the next call", async () => {
  const others = workerProcesses();
  await using pool = await createPool<typeof tasks>({ module, standby: false });
  const [worker] = workerProcesses().filter((pid) => !others.includes(pid));
  process.kill(worker as number, "SIGKILL");
  await until(() => pool.stats().workers.ready === 0);
  expect(await pool.call("add", [1, 2])).toBe(3);
  await until(() => pool.stats().workers.ended.died === 1);
  expect(pool.stats().workers.started).toBe(2);
});
