// A worker that dies or falls silent at any moment: each of its jobs has exactly one verdict, what is still known of its end is
// believed, and a new worker takes over.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, type Pool, type PoolOptions } from "../../src/index.ts";
import { Gate } from "./gate.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, heldProcesses, processesWith, stateOf } from "./processes.ts";
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

/** Workers of this process. Their copies are below them. */
function workers(): number[] {
  const named = descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("worker.js"));
  return named.filter((pid) => !named.some((other) => other !== pid && descendantsOf(other).includes(pid)));
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
      await until(() => workers().length === 1);
      const [worker] = workers();
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
      // Without namespaces a job that the host was not told of yet goes on by itself.
      const isTold = (pid: number): boolean =>
        heldProcesses().some((held) => held === pid || descendantsOf(held).includes(pid));
      await until(() => processesWith(seconds).length === 4 && processesWith(seconds).every(isTold));
      process.kill(worker as number, "SIGKILL");
      for (const verdict of await Promise.all(verdicts))
        expect(verdict).toMatchObject({ status: "worker-died", blame: "ambiguous", retry: "once" });
      expect(ends).toBe(8);
      expect(processesWith(seconds)).toEqual([]);
      expect(await sums(pool)).toEqual(range(20));
      await until(() => !workers().includes(worker as number));
    }
    expect(await leakedSince(before)).toEqual([]);
  });

  test("at any moment of short ones: each has its value, or worker-died and nothing else", async () => {
    const before = await settledDescriptors();
    const seen: Record<string, number> = {};
    {
      // Side by side: the kernel tells of a job without an init once somebody has reaped it, which may take a second.
      await using stack = new AsyncDisposableStack();
      const pools: Pool<typeof tasks>[] = [];
      for (const _ of range(4)) pools.push(stack.use(await createPool<typeof tasks>(options)));
      // On a busy machine all jobs of a round may have ended before.
      for (let round = 0; round < 2 || (seen["worker-died"] === undefined && round < 20); round += 1) {
        await until(() => workers().length === pools.length);
        const killed = workers();
        const jobs = pools.flatMap((pool) => range(12).map((place) => pool.execute("later", [place * 4])));
        for (const worker of killed) {
          await Bun.sleep(round * 2);
          process.kill(worker, "SIGKILL");
        }
        for (const { ok, verdict } of await Promise.all(jobs)) {
          expect(ok).toBe(verdict.status === "ok");
          seen[verdict.status] = (seen[verdict.status] ?? 0) + 1;
        }
        for (const values of await Promise.all(pools.map(sums))) expect(values).toEqual(range(20));
      }
    }
    console.log(`${backend}: ${JSON.stringify(seen)}`);
    expect(Object.keys(seen).filter((status) => status !== "ok")).toEqual(["worker-died"]);
    expect(await leakedSince(before)).toEqual([]);
    await until(() => workers().length === 0);
  });
});

async function sums(pool: Pool<typeof tasks>): Promise<number[]> {
  return await Promise.all(range(20).map((value) => pool.call("add", [value, 0])));
}

interface Opened extends AsyncDisposable {
  readonly pool: Pool<typeof tasks>;
  readonly worker: number;
}

// Side by side, because most of this is waiting.
describe("a worker that falls silent", () => {
  let beside: Gate;
  let without: Gate;
  const opened = new Map<string, Opened>();
  const open = async (name: string, options: PoolOptions): Promise<void> => {
    const others = workers();
    const pool = await createPool<typeof tasks>({ module, ...options });
    const [worker] = workers().filter((pid) => !others.includes(pid));
    if (worker === undefined) throw new Error("there is no worker");
    opened.set(name, { pool, worker, [Symbol.asyncDispose]: () => pool.close() });
  };
  const take = (name: string): Opened => opened.get(name) as Opened;
  /** Jobs of a worker that the host was told of. */
  const jobsOf = (worker: number): number[] => {
    const made = descendantsOf(worker);
    return heldProcesses().filter((pid) => made.includes(pid));
  };

  // One after the other, so that each has a worker of which it is known whose it is.
  beforeAll(async () => {
    beside = new Gate();
    without = new Gate();
    await open("init tells", { policy: { files: beside.files } });
    await open("the kernel tells", {
      concurrentTasksPerWorker: 3,
      standby: false,
      policy: { backend: "posix-fork" },
    });
    for (const backend of BACKENDS) {
      await open(`${backend} stays silent`, { standby: false, policy: { backend } });
      await open(`${backend} goes on`, { standby: false, policy: { backend } });
    }
  });
  afterAll(async () => {
    await Promise.all([...opened.values()].map((each) => each[Symbol.asyncDispose]()));
    for (const gate of [beside, without]) gate[Symbol.dispose]();
  });

  test.concurrent("linux-clone: init told how the job ended, and that is the verdict", async () => {
    const { pool, worker } = take("init tells");
    const running = [
      pool.execute("whileThere", [beside.path], { limits: { wallMs: 60_000 } }),
      pool.run(["/bin/sh", "-c", "exit 7"]),
    ] as const;
    // And the standby that is made beside it, of which the worker owes a word as well.
    await until(() => jobsOf(worker).length === 2);
    process.kill(worker, "SIGSTOP");
    beside.open();
    const outcome = await running[0];
    expect(outcome).toMatchObject({ ok: true, value: "gone", verdict: { status: "ok" } });
    // Without a cgroup the job's figures are the worker's to tell, and it was taken for dead by now.
    if (commandLine(worker) !== "") process.kill(worker, "SIGKILL");
    // It waited for the place of the first one, and so had a new worker.
    expect((await running[1]).verdict).toMatchObject({ status: "failed", exitCode: 7 });
  });

  const posix = test.skipIf(!told);
  posix.concurrent("posix-fork: the kernel tells how the job ended (needs Linux 6.15)", async () => {
    const { pool, worker } = take("the kernel tells");
    const script = `while [ -e "${without.hostPath}" ]; do sleep 0.02; done; exit 7`;
    const limits = { cpuMs: 60_000, wallMs: 60_000 };
    const failing = pool.run(["/bin/sh", "-c", script], { limits });
    const answering = pool.execute("whileThere", [without.hostPath], { limits });
    const seconds = `${600 + Math.random()}`;
    const endless = pool.run(["/bin/sleep", seconds], { limits });
    await until(() => jobsOf(worker).length === 3 && processesWith(seconds).length === 1);
    const others = jobsOf(worker).filter((pid) => !processesWith(seconds).includes(pid));
    expect(others.length).toBe(2);
    process.kill(worker, "SIGSTOP");
    without.open();
    await until(() => others.every((pid) => stateOf(pid) === "Z"));
    process.kill(worker, "SIGKILL");
    expect((await failing).verdict).toMatchObject({ status: "failed", exitCode: 7 });
    expect(await answering).toMatchObject({ ok: true, value: "gone" });
    // Ended by us, for want of a worker: never taken for an end of its own.
    expect((await endless).verdict.status).toBe("worker-died");
  });

  test.concurrent.each(BACKENDS)(
    "%s: is taken for dead when it owes a word, and the next call has a new one",
    async (backend) => {
      const { pool, worker } = take(`${backend} stays silent`);
      process.kill(worker, "SIGSTOP");
      const { verdict } = await pool.execute("add", [1, 2], { limits: { wallMs: 60_000 } });
      expect(verdict).toMatchObject({ status: "worker-died", blame: "ambiguous" });
      expect(await pool.call("add", [1, 2])).toBe(3);
      await until(() => !workers().includes(worker));
    },
  );

  test.concurrent.each(BACKENDS)("%s: is still the worker when it goes on in time", async (backend) => {
    const { pool, worker } = take(`${backend} goes on`);
    process.kill(worker, "SIGSTOP");
    setTimeout(() => process.kill(worker, "SIGCONT"), 3_000);
    expect(await pool.call("add", [1, 2], { limits: { wallMs: 60_000 } })).toBe(3);
    expect(workers()).toContain(worker);
  });
});
