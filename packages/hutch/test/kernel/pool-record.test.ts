import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { join } from "node:path";
import { createPool, type PoolEvents } from "../../src/index.ts";
import type * as tasks from "./jobs/tasks.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

describe("pool.stats() and pool.events", () => {
  test("tell every job and every call that got no verdict, once", async () => {
    await using pool = await createPool<typeof tasks>({ module, maxQueue: 1 });
    const ended: PoolEvents["jobEnded"][0][] = [];
    const lost: PoolEvents["callLost"][0][] = [];
    pool.events.on("jobEnded", (job) => ended.push(job));
    pool.events.on("callLost", (call) => lost.push(call));
    const drained = once(pool.events, "drain");
    await pool.execute("fail", [], { caller: "ann", priority: "high" });
    await pool.run(["true"], { caller: "bob" });
    const abort = new AbortController();
    const long = pool.execute("later", [60_000], { signal: abort.signal, limits: { wallMs: 90_000 } });
    await until(() => pool.stats().jobs.running === 1);
    const waits = pool.call("add", [1, 2], { priority: "low" });
    expect(pool.stats().calls.waiting).toEqual({ high: 0, normal: 0, low: 1 });
    await expect(pool.call("add", [1, 2], { caller: "cy" })).rejects.toMatchObject({ code: "QUEUE_FULL" });
    await expect(pool.call("add", [1, 2], { caller: "cy", deadlineMs: 5 })).rejects.toThrow();
    abort.abort(new Error("gave up"));
    await expect(long).rejects.toThrow("gave up");
    expect(await waits).toBe(3);
    await drained;
    expect(
      ended.map(({ kind, status, priority, caller, attempt }) => [kind, status, priority, caller, attempt]),
    ).toEqual([
      ["function", "failed", "high", "ann", 1],
      ["command", "ok", "normal", "bob", 1],
      ["function", "ok", "low", "", 1],
    ]);
    for (const { waitedMs, wallMs, cpuMs, peakMemoryBytes } of ended)
      for (const figure of [waitedMs, wallMs, cpuMs, peakMemoryBytes]) expect(figure).toBeGreaterThanOrEqual(0);
    expect(ended[2]?.waitedMs).toBeGreaterThan(0);
    expect(lost.map(({ why, caller }) => [why, caller])).toEqual([
      ["full", "cy"],
      ["full", "cy"],
      ["gave-up", ""],
    ]);
    const { jobs, calls } = pool.stats();
    expect(jobs.ended).toMatchObject({ ok: 2, failed: 1, "worker-died": 0 });
    expect(calls.lost).toEqual({ full: 2, "gave-up": 1, deadline: 0, closed: 0, failed: 0 });
  });

  test("a listener that throws breaks no call", async () => {
    const program = `
      import { createPool } from ${JSON.stringify(join(import.meta.dir, "../../src/index.ts"))};
      const pool = await createPool({ module: ${JSON.stringify(module)} });
      process.on("uncaughtException", (error) => console.log("uncaught: " + error.message));
      pool.events.on("jobEnded", () => { throw new Error("mine"); });
      console.log(await pool.call("add", [1, 2]), await pool.call("add", [3, 4]));
      await pool.close();
    `;
    const argv = [process.execPath, "--conditions=hutch-source", "-e", program];
    const host = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    const said = await new Response(host.stdout).text();
    expect(await host.exited).toBe(0);
    expect(said.split("\n").sort()).toEqual(["", "3 7", "uncaught: mine", "uncaught: mine"]);
  });
});
