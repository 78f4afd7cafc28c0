// A worker that dies or falls silent at any moment: each of its jobs has exactly one verdict, what is still known of its end is
// believed, and a new worker takes over.
import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, type Pool } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, processesWith } from "./processes.ts";
import { leakedSince, settledDescriptors, until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const BACKENDS = ["linux-clone", "posix-fork"] as const;
/** PIDFD_GET_INFO tells the exit status of a process that somebody else reaped. */
const told = kernelIsAtLeast(6, 15);

function kernelIsAtLeast(major: number, minor: number): boolean {
  const [ours = 0, oursMinor = 0] = require("node:os").release().split(".").map(Number);
  return ours > major || (ours === major && oursMinor >= minor);
}

/** The worker comes before its copies. */
function workerOf(...not: readonly number[]): number {
  const found = descendantsOf(process.pid).find((pid) => commandLine(pid).includes("worker.js") && !not.includes(pid));
  if (found === undefined) throw new Error("there is no worker");
  return found;
}

describe.each(BACKENDS)("a worker on %s that is killed", (backend) => {
  const options = { module, concurrentTasksPerWorker: 8, standby: 2, policy: { backend } } as const;

  // What a process opens once and keeps is not a left-over.
  beforeAll(async () => {
    await using pool = await createPool<typeof tasks>(options);
    expect(await sums(pool)).toEqual(range(20));
  });

  test("under running jobs: each ends once, as worker-died, and the next calls have a new one", async () => {
    const before = await settledDescriptors();
    {
      await using pool = await createPool<typeof tasks>(options);
      const worker = workerOf();
      let ends = 0;
      const seconds = `${600 + Math.random()}`;
      const jobs = [
        ...range(4).map(() => pool.execute("later", [60_000], { limits: { wallMs: 50_000 } })),
        ...range(4).map(() => pool.run(["/bin/sleep", seconds], { limits: { wallMs: 50_000 } })),
      ];
      const verdicts = jobs.map(async (job) => {
        const { verdict } = await job;
        ends += 1;
        return verdict;
      });
      await until(() => processesWith(seconds).length === 4);
      process.kill(worker, "SIGKILL");
      for (const verdict of await Promise.all(verdicts))
        expect(verdict).toMatchObject({ status: "worker-died", blame: "ambiguous", retry: "once" });
      expect(ends).toBe(8);
      expect(processesWith(seconds)).toEqual([]);
      expect(await sums(pool)).toEqual(range(20));
      expect(workerOf()).not.toBe(worker);
    }
    expect(await leakedSince(before)).toEqual([]);
  });

  test("at any moment of short ones: each has its value, or worker-died and nothing else", async () => {
    const before = await settledDescriptors();
    const seen: Record<string, number> = {};
    {
      await using pool = await createPool<typeof tasks>(options);
      for (const round of range(8)) {
        const jobs = range(12).map(() => pool.execute("later", [round]));
        await Bun.sleep(round * 2);
        process.kill(workerOf(), "SIGKILL");
        for (const { ok, verdict } of await Promise.all(jobs)) {
          expect(ok).toBe(verdict.status === "ok");
          seen[verdict.status] = (seen[verdict.status] ?? 0) + 1;
        }
        expect(await sums(pool)).toEqual(range(20));
      }
    }
    console.log(`${backend}: ${JSON.stringify(seen)}`);
    expect(Object.keys(seen).filter((status) => status !== "ok")).toEqual(["worker-died"]);
    expect(await leakedSince(before)).toEqual([]);
    await until(() => descendantsOf(process.pid).every((pid) => !commandLine(pid).includes("worker.js")));
  });
});

async function sums(pool: Pool<typeof tasks>): Promise<number[]> {
  return await Promise.all(range(20).map((value) => pool.call("add", [value, 0])));
}

describe("what a worker could not tell any more", () => {
  test("linux-clone: init told how the job ended, and that is the verdict", async () => {
    await using pool = await createPool<typeof tasks>({ module });
    const worker = workerOf();
    const running = [pool.execute("later", [900]), pool.run(["/bin/sh", "-c", "exit 7"])] as const;
    await until(() => descendantsOf(worker).length > 2);
    // The worker has told of it a moment later.
    await Bun.sleep(50);
    process.kill(worker, "SIGSTOP");
    const outcome = await running[0];
    expect(outcome).toMatchObject({ ok: true, value: "later", verdict: { status: "ok" } });
    // Without a cgroup the job's figures are the worker's to tell, and it was taken for dead by now.
    if (commandLine(worker) !== "") process.kill(worker, "SIGKILL");
    // It waited for the place of the first one, and so had a new worker.
    expect((await running[1]).verdict).toMatchObject({ status: "failed", exitCode: 7 });
  });

  test.skipIf(!told)("posix-fork: the kernel tells how the job ended (needs Linux 6.15)", async () => {
    await using pool = await createPool<typeof tasks>({
      module,
      concurrentTasksPerWorker: 3,
      standby: false,
      policy: { backend: "posix-fork" },
    });
    const worker = workerOf();
    const failing = pool.run(["/bin/sh", "-c", "sleep 0.7; exit 7"]);
    const answering = pool.execute("later", [700]);
    const seconds = `${600 + Math.random()}`;
    const endless = pool.run(["/bin/sleep", seconds], { limits: { wallMs: 60_000 } });
    // It is launched last. The worker has told of all three a moment later.
    await until(() => processesWith(seconds).length > 0);
    await Bun.sleep(50);
    process.kill(worker, "SIGSTOP");
    await Bun.sleep(1_500);
    process.kill(worker, "SIGKILL");
    expect((await failing).verdict).toMatchObject({ status: "failed", exitCode: 7 });
    expect(await answering).toMatchObject({ ok: true, value: "later" });
    // Ended by us, for want of a worker: never taken for an end of its own.
    expect((await endless).verdict.status).toBe("worker-died");
  });
});

describe.each(BACKENDS)("a worker on %s that is stopped", (backend) => {
  test("is taken for dead when it owes a word, and the next call has a new one", async () => {
    await using pool = await createPool<typeof tasks>({ module, standby: false, policy: { backend } });
    const worker = workerOf();
    process.kill(worker, "SIGSTOP");
    const { verdict } = await pool.execute("add", [1, 2], { limits: { wallMs: 60_000 } });
    expect(verdict).toMatchObject({ status: "worker-died", blame: "ambiguous" });
    expect(await pool.call("add", [1, 2])).toBe(3);
    expect(workerOf()).not.toBe(worker);
  });

  test("is still the worker when it goes on in time", async () => {
    await using pool = await createPool<typeof tasks>({ module, standby: false, policy: { backend } });
    const worker = workerOf();
    process.kill(worker, "SIGSTOP");
    setTimeout(() => process.kill(worker, "SIGCONT"), 3_000);
    expect(await pool.call("add", [1, 2], { limits: { wallMs: 60_000 } })).toBe(3);
    expect(workerOf()).toBe(worker);
  });
});
