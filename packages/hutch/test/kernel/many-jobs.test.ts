// A job tree that stays truthful: every job's end and use are its own, however many there are at once.
// HUTCH_JOBS=1000 HUTCH_STANDBYS=500 makes it a long run.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPool, type Outcome, type Pool } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import type * as truthful from "./jobs/truthful.ts";
import { commandLine, descendantsOf, processesWith } from "./processes.ts";
import { until } from "./until.ts";

const JOBS = Number(process.env.HUTCH_JOBS ?? 200);
const STANDBYS = Number(process.env.HUTCH_STANDBYS ?? 40);
const WORKERS = 4;
const jobs = join(import.meta.dir, "jobs");
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** What the machine's own work for a job may add to what the job saw of itself. */
const OVERHEAD_MS = 400;

type Functions = Pool<typeof truthful>;
interface Expected {
  readonly status: string;
  readonly exitCode?: number | null;
}

/** Each kind of end in turn. */
async function runFunction(pool: Functions, id: number): Promise<void> {
  const limits = { cpuMs: 20_000, wallMs: 600_000 };
  const check = (outcome: Outcome<unknown>, expected: Expected): void => {
    expect({ id, ...outcome.verdict }).toMatchObject({ id, ...expected });
  };
  switch (id % 5) {
    case 0:
      check(await pool.execute("exit", [(id % 250) + 1], { limits }), { status: "failed", exitCode: (id % 250) + 1 });
      return;
    case 1: {
      const outcome = await pool.execute("fail", [id], { limits });
      check(outcome, { status: "failed", exitCode: 0 });
      if (!outcome.ok) expect(outcome.error?.message).toBe(`job ${id}`);
      return;
    }
    case 2:
      check(await pool.execute("die", [], { limits }), { status: "signaled", exitCode: null });
      return;
    default: {
      const outcome = await pool.execute("work", [id, (id % 7) * 20, 100], { limits });
      check(outcome, { status: "ok", exitCode: 0 });
      if (!outcome.ok) return;
      expect(outcome.value.id).toBe(id);
      // Measured outside the job, in other units of the kernel: a tick less is the same.
      expect(outcome.report.usage.cpuMs).toBeGreaterThan(outcome.value.cpuMs * 0.9 - 20);
      expect(outcome.report.usage.cpuMs).toBeLessThan(outcome.value.cpuMs + OVERHEAD_MS);
    }
  }
}

describe(`${JOBS} jobs at once, in ${WORKERS} workers`, () => {
  test("each has one verdict, and it is its own", async () => {
    await using pool = await createPool<typeof truthful>({
      module: join(jobs, "truthful.ts"),
      workers: WORKERS,
      concurrentTasksPerWorker: Math.ceil(JOBS / WORKERS),
      standby: false,
      limits: { wallMs: 600_000 },
    });
    const marker = `hutch-${process.pid}-${Math.random()}`;
    const letGo = Promise.withResolvers<void>();
    let ends = 0;
    // Half of them are commands that wait until all are there, and end with a code of their own.
    const waiting = range(Math.floor(JOBS / 2)).map(async (id) => {
      const stdin = new ReadableStream<Uint8Array>({
        pull: (controller) => letGo.promise.then(() => controller.close()),
      });
      const { verdict, report } = await pool.run(["/bin/sh", "-c", `: ${marker}; read line; exit ${id % 250}`], {
        stdin,
      });
      ends += 1;
      return { id, exitCode: verdict.exitCode, status: verdict.status, cpuMs: report.usage.cpuMs };
    });
    // Where another expectation fails first they are closed with the pool.
    for (const job of waiting) job.catch(() => null);
    await until(() => processesWith(marker).length === waiting.length);
    expect(ends).toBe(0);
    // The other half beside them.
    await Promise.all(range(Math.ceil(JOBS / 2)).map((id) => runFunction(pool, id)));
    expect(ends).toBe(0);
    letGo.resolve();
    const ended = await Promise.all(waiting);
    expect(ended.map(({ id, exitCode, status }) => ({ id, exitCode, status }))).toEqual(
      range(waiting.length).map((id) => ({ id, exitCode: id % 250, status: id % 250 === 0 ? "ok" : "failed" })),
    );
    // They did next to nothing, whatever their neighbours did.
    expect(Math.max(...ended.map(({ cpuMs }) => cpuMs))).toBeLessThan(OVERHEAD_MS);
    expect(ends).toBe(waiting.length);
    expect(processesWith(marker)).toEqual([]);
  }, 1_800_000);
});

/** Private memory of a process, KiB; 0 when it is gone. */
function privateKib(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return [...text.matchAll(/^Private_(?:Clean|Dirty|Hugetlb):\s+(\d+) kB/gm)].reduce(
      (sum, [, kib]) => sum + Number(kib),
      0,
    );
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as { code: string }).code)) return 0;
    throw error;
  }
}

describe(`${STANDBYS} standbys at once`, () => {
  test("each serves one call, and starts from the same state", async () => {
    await using pool = await createPool<typeof tasks>({
      module: join(jobs, "tasks.ts"),
      workers: WORKERS,
      concurrentTasksPerWorker: Math.ceil(STANDBYS / WORKERS),
      standby: Math.ceil(STANDBYS / WORKERS),
    });
    // Copies have their worker's command line, and each has an init.
    const inits = (): number[] => descendantsOf(process.pid).filter((pid) => commandLine(pid) === "init");
    await until(() => inits().length >= STANDBYS + WORKERS);
    await Bun.sleep(500);
    const copies = descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("worker.js"));
    const sizes = copies
      .map(privateKib)
      .filter((kib) => kib > 0)
      .sort((a, b) => a - b);
    console.log(
      `${copies.length} copies; private memory of one: median ${sizes[Math.floor(sizes.length / 2)]} KiB, 90% below ${sizes[Math.floor(sizes.length * 0.9)]} KiB`,
    );
    const outcomes = await Promise.all(range(STANDBYS).map(() => pool.execute("count", [])));
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.verdict))).toEqual(
      range(STANDBYS).map(() => 1),
    );
    const taken = outcomes.filter(({ report }) => report.timings.setupMs === 0).length;
    expect(taken).toBeGreaterThan(STANDBYS / 2);
  }, 600_000);
});
