import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool, PHASES, type Phase, type PoolOptions, type Report, run } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
const TRUE = ["/usr/bin/true"];
const LAUNCH = ["clone", "steps", "start"] as const;

/** Those that have a figure; all of them together are the whole time. */
function seenPhases(report: Report): Phase[] {
  const { phases, totalMs } = report.timings;
  expect(Object.keys(phases)).toEqual([...PHASES]);
  const seen = PHASES.filter((phase) => phases[phase] !== null);
  for (const phase of seen) expect(phases[phase]).toBeGreaterThanOrEqual(0);
  expect(together(report, seen)).toBeCloseTo(totalMs, 6);
  return seen;
}

function together({ timings: { phases } }: Report, names: readonly Phase[]): number {
  return names.reduce((sum, name) => sum + (phases[name] ?? 0), 0);
}

type TasksPool = Awaited<ReturnType<typeof createPool<typeof tasks>>>;

/** Of a call that found a standby. */
async function ofStandby(options: PoolOptions, call: (pool: TasksPool) => Promise<Report>): Promise<Report> {
  await using pool = await createPool<typeof tasks>(options);
  let report: Report | null = null;
  await until(async () => {
    report = await call(pool);
    return report.timings.setupMs === 0;
  });
  if (report === null) throw new Error("no call found a standby");
  return report;
}

test("a command of run() is cloned, set up and executed; it has no request", async () => {
  const { report } = await run(TRUE);
  expect(seenPhases(report)).toEqual(["prepare", ...LAUNCH, "run", "exit", "reap"]);
});

test("what a command does is its own phase", async () => {
  const { report } = await run(["sleep", "0.2"]);
  expect(report.timings.phases.run).toBeGreaterThan(190);
});

test("a command of a worker has the phases of its launch there", async () => {
  await using pool = await createPool({ standby: false });
  const { report } = await pool.run(TRUE);
  expect(seenPhases(report)).toEqual(["prepare", ...LAUNCH, "run", "exit", "reap"]);
  expect(together(report, LAUNCH)).toBeGreaterThan(0);
});

test("a standby for commands was launched before; its request lasts until it is the command", async () => {
  const report = await ofStandby({}, async (pool) => (await pool.run(["sleep", "0.1"])).report);
  expect(seenPhases(report)).toEqual(["prepare", "request", "run", "exit", "reap"]);
  // The host may be late to see where one ends and the other begins.
  expect(together(report, ["request", "run"])).toBeGreaterThan(95);
});

test("a compressed stdin is inflated in the job, which is the command's request", async () => {
  const stdin = { compression: "zstd", bytes: Bun.zstdCompressSync("text") } as const;
  const { report } = await run(["cat"], { stdin });
  expect(seenPhases(report)).toEqual(["prepare", ...LAUNCH, "request", "run", "exit", "reap"]);
});

test("a copy of the worker tells when it began, had its request, and answered", async () => {
  await using pool = await createPool<typeof tasks>({ module, standby: false });
  const { report } = await pool.execute("later", [100]);
  expect(report.isolation.start).toBe("warm");
  expect(seenPhases(report)).toEqual([...PHASES]);
  expect(report.timings.phases.run).toBeGreaterThan(95);
  const { report: failed } = await pool.execute("fail", []);
  expect(seenPhases(failed)).toEqual([...PHASES]);
});

test("a standby for functions was launched before", async () => {
  const report = await ofStandby({ module }, async (pool) => (await pool.execute("later", [100])).report);
  expect(seenPhases(report)).toEqual(["prepare", "request", "run", "response", "exit", "reap"]);
  expect(report.timings.phases.run).toBeGreaterThan(95);
});

test("a job that ends without an answer has told nothing, and its time is all there", async () => {
  await using pool = await createPool<typeof tasks>({ module, standby: false });
  const { report } = await pool.execute("exitWith", [3]);
  expect(seenPhases(report)).toEqual(["prepare", "clone", "run", "exit", "reap"]);
});

test("of a killed job nobody tells how its first process ended", async () => {
  const { report } = await run(["sleep", "60"], { limits: { wallMs: 200 } });
  expect(report.status).toBe("wall-limit");
  expect(seenPhases(report)).toEqual(["prepare", ...LAUNCH, "run", "reap"]);
});

test("without namespaces the phases are those that there are", async () => {
  const { report } = await run(TRUE, { policy: { backend: "posix-fork" } });
  expect(seenPhases(report)).toEqual(["prepare", ...LAUNCH, "run", "reap"]);
});
