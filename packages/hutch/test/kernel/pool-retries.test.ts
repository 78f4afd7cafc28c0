import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { parseOptions } from "@hutch/core";
import { createPool, type Pool, ReportSchema } from "../../src/index.ts";
import { Gate } from "./gate.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, heldProcesses } from "./processes.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

interface TestPool extends Pool<typeof tasks> {
  /** Once a job runs that the host knows of. @param over there will be none */
  readonly killWorkerOfJob: (over?: () => boolean) => Promise<void>;
}

async function createTestPool(retries: number, { files }: Partial<Gate> = {}): Promise<TestPool> {
  const others = descendantsOf(process.pid);
  // Without a standby the first process of that name is the worker.
  const policy = files === undefined ? {} : { files };
  const pool = await createPool<typeof tasks>({ module, retries, standby: false, policy });
  const killWorkerOfJob = async (over = () => false): Promise<void> => {
    const [worker] = descendantsOf(process.pid).filter(
      (pid) => !others.includes(pid) && commandLine(pid).includes("/hutch/worker.js"),
    );
    await until(() => over() || heldProcesses().some((pid) => descendantsOf(worker as number).includes(pid)));
    process.kill(worker as number, "SIGKILL");
  };
  return Object.assign(pool, { killWorkerOfJob });
}

describe("a job whose worker died", () => {
  test("runs again where the caller allows that, and its report keeps the first try", async () => {
    using gate = new Gate();
    await using pool = await createTestPool(1, gate);
    const running = pool.execute("whileThere", [gate.path], { limits: { wallMs: 60_000 } });
    await pool.killWorkerOfJob();
    await until(() => pool.stats().jobs.ended["worker-died"] === 1);
    gate.open();
    const outcome = await running;
    expect(outcome).toMatchObject({ ok: true, value: "gone", verdict: { status: "ok" } });
    expect(outcome.report.attempts).toMatchObject([{ status: "worker-died", blame: "ambiguous" }]);
    expect(outcome.report.attempts?.[0]?.usage.wallMs).toBeGreaterThan(0);
    expect(parseOptions("report", ReportSchema, outcome.report)).toEqual(outcome.report);
    expect(pool.stats().jobs).toMatchObject({ ended: { "worker-died": 1, ok: 1 }, retried: 1 });
  });

  test("does not unless it is allowed", async () => {
    await using pool = await createTestPool(0);
    const running = pool.execute("later", [60_000], { limits: { wallMs: 90_000 } });
    await pool.killWorkerOfJob();
    const { verdict, report } = await running;
    expect(verdict).toMatchObject({ status: "worker-died", retry: "once" });
    expect("attempts" in report).toBe(false);
  });

  test("keeps its verdict when the deadline passes in the next try", async () => {
    // Where a machine stands still until the first try has no time left, it has more in the second.
    for (const deadlineMs of [1000, 20_000]) {
      await using pool = await createTestPool(1);
      const options = { deadlineMs, limits: { wallMs: 90_000 } };
      let over = false;
      const call = pool.execute("later", [60_000], options).then(
        (outcome) => outcome,
        () => {
          over = true;
          return null;
        },
      );
      await pool.killWorkerOfJob(() => over);
      const outcome = await call;
      if (outcome === null) continue;
      expect(outcome.verdict.status).toBe("worker-died");
      expect("attempts" in outcome.report).toBe(false);
      expect(pool.stats().calls.lost).toMatchObject({ deadline: 0 });
      return;
    }
    throw new Error("the deadline took a verdict that was there");
  });
});

describe("a job that ends itself", () => {
  test("by a signal runs once more, not as often as is allowed: nobody knows whose fault it was", async () => {
    await using pool = await createTestPool(5);
    const { verdict, report } = await pool.execute("killSelf", ["SIGKILL"]);
    expect(verdict.status).toBe("signaled");
    expect(report.attempts?.map(({ status }) => status)).toEqual(["signaled"]);
  });

  test.each([
    ["fail", []],
    ["exitWith", [9]],
  ] as const)("by %s does not run again: the job is to blame", async (name, args) => {
    await using pool = await createTestPool(5);
    const { verdict, report } = await pool.execute(name, args as never);
    expect(verdict).toMatchObject({ status: "failed", blame: "job" });
    expect("attempts" in report).toBe(false);
  });

  test("a call's own retries count, and a command has none", async () => {
    await using pool = await createTestPool(5);
    const { report } = await pool.execute("killSelf", ["SIGKILL"], { retries: 0 });
    expect("attempts" in report).toBe(false);
    const command = await pool.run(["/bin/sh", "-c", "kill -9 $$"]);
    expect(command.verdict.status).toBe("signaled");
    expect("attempts" in command.report).toBe(false);
    expect(() => pool.run(["true"], { retries: 1 } as object)).toThrow('Cannot use option "retries"');
    await expect(pool.call("add", [1, 2], { retries: -1 })).rejects.toThrow("Cannot use retries = -1");
  });
});
