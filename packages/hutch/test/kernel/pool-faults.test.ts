import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, isHutchError, type Outcome } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, stateOf } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

const KILLS = 12;

/** @returns false where it has gone by itself */
function tryKill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as { code: string }).code === "ESRCH") return false;
    throw error;
  }
}

/** Workers of this process: each is the first of its name below an init of its own. */
function workers(): number[] {
  const named = descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("/hutch/worker.js"));
  return named.filter((pid) => !named.some((other) => other !== pid && descendantsOf(other).includes(pid)));
}

describe("a pool whose workers are killed at any moment", () => {
  test.each([
    [0, 1],
    [3, 1],
    [3, 4],
  ])("answers each call once, and blames no job: %i retries, %i jobs per worker", async (retries, tasksPerWorker) => {
    // What a process opens once.
    await (await createPool()).close();
    const before = await settledDescriptors();
    {
      await using pool = await createPool<typeof tasks>({
        module,
        maxWorkers: 3,
        retries,
        concurrentTasksPerWorker: tasksPerWorker,
      });
      const settled: string[] = [];
      const say = (outcome: Outcome): string => {
        const { status, blame, reason } = outcome.verdict;
        return status === "ok"
          ? `ok ${String((outcome as { value?: unknown }).value)}`
          : `${status} ${blame} ${reason}`;
      };
      const calls = Array.from({ length: 240 }, async (_, i) => {
        const options = {
          caller: `caller ${i % 4}`,
          priority: (["high", "normal", "low"] as const)[i % 3] ?? "normal",
        };
        const outcome = await (i % 5 === 0
          ? pool.execute("later", [20], options)
          : pool.execute("add", [i, 1], options)
        ).then(say, (error: unknown) => (isHutchError(error) ? `${error.code} ${error.message}` : String(error)));
        settled.push(outcome);
        if (outcome.startsWith("ok")) expect(outcome).toBe(i % 5 === 0 ? "ok later" : `ok ${i + 1}`);
      });
      const all = Promise.all(calls);
      let over = false;
      void all.then(() => {
        over = true;
      });
      // One serves at each of these moments; what is killed may also be one that is just being started.
      for (let kills = 0; kills < KILLS && !over; ) {
        await Bun.sleep(40);
        const { ready, starting } = pool.stats().workers;
        expect(ready + starting).toBeLessThanOrEqual(3);
        const alive = workers();
        const chosen = alive[Math.floor(Math.random() * alive.length)];
        if (chosen !== undefined && pool.stats().workers.busy > 0 && tryKill(chosen)) kills += 1;
      }
      await all;
      expect(settled).toHaveLength(240);
      const { jobs, calls: ofCalls, workers: ofWorkers } = pool.stats();
      expect(ofWorkers.ended.died + ofWorkers.failed).toBeGreaterThan(3);
      const unexpected = settled.filter((said) => !said.startsWith("ok ") && !said.startsWith("worker-died ambiguous"));
      expect(unexpected).toEqual([]);
      const ended = Object.values(jobs.ended).reduce((sum, count) => sum + count, 0);
      expect(ended - jobs.retried).toBe(240);
      expect(Object.values(ofCalls.lost)).toEqual([0, 0, 0, 0, 0]);
      expect(jobs.running).toBe(0);
      expect(await pool.call("add", [20, 22])).toBe(42);
    }
    expect(await leakedSince(before)).toEqual([]);
  });
});

test.each([true, false])(
  "a worker that is dead, unknown to the host, costs no call that may be tried again: standby %p",
  async (standby) => {
    const others = workers();
    await using pool = await createPool<typeof tasks>({ module, standby, retries: 1 });
    for (let i = 0; i < 5; i++) {
      await pool.call("add", [1, 1]);
      // So that the next call takes its place at once, and does not wait for it.
      await until(() => pool.stats().workers.busy === 0);
      const [worker] = workers().filter((pid) => !others.includes(pid));
      process.kill(worker as number, "SIGKILL");
      // The event loop stands still meanwhile, so nobody tells the pool.
      while (!["", "Z"].includes(stateOf(worker as number))) Bun.sleepSync(1);
      Bun.sleepSync(20);
      expect(await pool.call("add", [i, 1])).toBe(i + 1);
    }
    expect(pool.stats()).toMatchObject({
      jobs: { ended: { ok: 10, "worker-died": 5 } },
      calls: { lost: { failed: 0 } },
    });
  },
);

test("a queue does not stall when the jobs of all workers run into a limit", async () => {
  await using pool = await createPool<typeof tasks>({ module, workers: 5 });
  const outcomes = Array.from({ length: 9 }, () => pool.execute("later", [60_000], { limits: { wallMs: 200 } }));
  for (const { verdict } of await Promise.all(outcomes)) expect(verdict.status).toBe("wall-limit");
  expect(await pool.call("add", [1, 2])).toBe(3);
});

test("a queue does not stall when limits change from call to call, and no job gets another's", async () => {
  await using pool = await createPool<typeof tasks>({ module, workers: 2 });
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      pool.execute("add", [i, 1], { limits: { memoryBytes: (64 + (i % 3)) * 2 ** 20 } }),
    ),
  );
  outcomes.forEach((outcome, i) => {
    expect(outcome).toMatchObject({ ok: true, value: i + 1 });
    expect(outcome.report.limits.memoryBytes).toBe((64 + (i % 3)) * 2 ** 20);
  });
});
