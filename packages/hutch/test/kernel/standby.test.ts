import { expect, test } from "bun:test";
import { join } from "node:path";
import { createPool } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, stateOf } from "./processes.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");
/** Long enough for a standby to be cloned and to rehearse. */
const READY_MS = 100;

test("a call that finds a standby pays for no clone, and is charged for nothing that the standby did before", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  await Bun.sleep(READY_MS);
  const startedMs = performance.now();
  const { report, verdict } = await pool.execute("add", [1, 2]);
  expect(verdict.status).toBe("ok");
  expect(report.timings.setupMs).toBe(0);
  expect(report.usage.wallMs).toBeLessThan(performance.now() - startedMs);
  expect(report.usage.cpuMs).toBeLessThan(report.usage.wallMs * 2);
});

test("a standby serves one call: state of the last one is never seen", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  for (let i = 0; i < 5; i++) {
    await Bun.sleep(READY_MS / 2);
    expect(await pool.call("count", [])).toBe(1);
  }
});

test("two standbys of one worker draw different random values", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  const seen = new Set<unknown>();
  for (let i = 0; i < 5; i++) {
    await Bun.sleep(READY_MS / 2);
    for (const value of await pool.call("random", [])) seen.add(value);
  }
  expect(seen.size).toBe(20);
});

test("a call with other limits gets a job of its own, and the limits hold", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  await Bun.sleep(READY_MS);
  const outcome = await pool.execute("later", [5_000], { limits: { wallMs: 100 } });
  expect(outcome.verdict.status).toBe("wall-limit");
  expect(outcome.report.timings.setupMs).toBeGreaterThan(0);
});

test("the wall limit of a standby counts from its request", async () => {
  // Where a machine stands still for the length of the limit, a longer one shows the same.
  for (const wallMs of [600, 6000]) {
    await using pool = await createPool<typeof tasks>({ module, limits: { wallMs } });
    await Bun.sleep(wallMs + 100);
    const { ok, report } = await pool.execute("later", [10]);
    expect(report.timings.setupMs).toBe(0);
    if (ok) return;
  }
  throw new Error("a standby had less than its wall limit");
});

test("a standby that was killed is not given a request", async () => {
  await using pool = await createPool<typeof tasks>({ module });
  // The worker has an init of its own, and comes before it.
  const inits = (): number[] => descendantsOf(process.pid).filter((pid) => commandLine(pid) === "init");
  await until(() => inits().length === 2);
  const killed = inits()[1] as number;
  process.kill(killed, "SIGKILL");
  // Its worker waits for it once this process has been told, and says so.
  await until(() => stateOf(killed) === "");
  expect(await pool.call("add", [1, 2])).toBe(3);
});

test("standby: false makes every call a clone of its own", async () => {
  await using pool = await createPool<typeof tasks>({ module, standby: false });
  await Bun.sleep(READY_MS);
  const { report } = await pool.execute("add", [1, 2]);
  expect(report.timings.setupMs).toBeGreaterThan(0);
});
