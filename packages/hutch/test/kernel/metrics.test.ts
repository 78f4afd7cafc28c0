import { expect, test } from "bun:test";
import { join } from "node:path";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { createPool, type PoolStats } from "../../src/index.ts";
import { meterPool } from "../../src/metrics.ts";
import { Gate } from "./gate.ts";
import type * as tasks from "./jobs/tasks.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

interface Point {
  readonly attributes: { readonly [name: string]: unknown; readonly status?: unknown };
  readonly value: unknown;
}

test("meterPool() gives an SDK of OpenTelemetry what a pool does, until it is disposed of", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const provider = new MeterProvider({ readers: [reader] });
  const pointsOf = async (): Promise<Record<string, Point[]>> => {
    exporter.reset();
    await reader.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return Object.fromEntries(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => ({ attributes, value })),
      ]),
    );
  };
  try {
    using gate = new Gate();
    await using pool = await createPool<typeof tasks>({
      module,
      maxQueue: 0,
      retireAfter: { jobs: 3 },
      policy: { files: gate.files },
    });
    let looks = 0;
    const stats = (): PoolStats => {
      looks += 1;
      return pool.stats();
    };
    const metering = meterPool(
      { events: pool.events, stats },
      { meter: provider.getMeter("test"), attributes: { pool: "images" } },
    );
    await pool.call("add", [1, 2]);
    expect((await pool.execute("later", [60_000], { limits: { wallMs: 50 } })).verdict.status).toBe("wall-limit");
    const options = { priority: "high", caller: "ann", limits: { wallMs: 60_000 } } as const;
    const long = pool.execute("whileThere", [gate.path], options);
    await until(() => pool.stats().jobs.running === 1);
    await expect(pool.call("add", [1, 2])).rejects.toThrow("full");
    const during = await pointsOf();
    expect(during["hutch.pool.jobs.running"]).toEqual([{ attributes: { pool: "images" }, value: 1 }]);
    expect(during["hutch.pool.workers"]).toContainEqual({ attributes: { pool: "images", state: "busy" }, value: 1 });
    expect(during["hutch.pool.standbys"]).toHaveLength(1);
    expect(during["hutch.pool.calls.waiting"]).toHaveLength(3);
    gate.open();
    expect((await long).verdict.status).toBe("ok");
    await until(() => pool.stats().workers.ended.jobs === 1);
    const after = await pointsOf();
    const function_ = { pool: "images", kind: "function" };
    const ok = { ...function_, status: "ok", blame: "none" };
    expect(after["hutch.pool.jobs"]).toEqual(
      expect.arrayContaining([
        { attributes: { ...ok, priority: "normal" }, value: 1 },
        { attributes: { ...ok, priority: "high" }, value: 1 },
      ]),
    );
    expect(after["hutch.pool.jobs"]).toHaveLength(3);
    expect(after["hutch.pool.calls.lost"]).toEqual([
      { attributes: { pool: "images", why: "full", priority: "normal" }, value: 1 },
    ]);
    expect(after["hutch.pool.workers.ended"]).toEqual([{ attributes: { pool: "images", why: "jobs" }, value: 1 }]);
    const durations = after["hutch.pool.job.duration"] ?? [];
    expect(durations).toHaveLength(2);
    const late = durations.find(({ attributes }) => attributes.status === "wall-limit")?.value;
    expect(late).toMatchObject({ count: 1 });
    expect((late as { readonly sum: number }).sum).toBeGreaterThanOrEqual(0.05);
    for (const name of ["wait", "cpu_time", "memory"])
      expect(after[`hutch.pool.job.${name}`]?.length).toBeGreaterThan(0);
    metering[Symbol.dispose]();
    const looked = looks;
    expect(looked).toBeGreaterThan(0);
    await pool.call("add", [1, 2]);
    const later = await pointsOf();
    expect(later["hutch.pool.jobs"]).toEqual(after["hutch.pool.jobs"] as Point[]);
    expect(looks).toBe(looked);
    expect(pool.events.eventNames()).toEqual([]);
  } finally {
    await provider.shutdown();
  }
});

test("nothing but hutch/metrics loads the API of OpenTelemetry", async () => {
  const bundleOf = async (entry: string): Promise<string> => {
    const { outputs } = await Bun.build({
      entrypoints: [join(import.meta.dir, "../../src", entry)],
      target: "bun",
      conditions: ["hutch-source"],
      external: ["@opentelemetry/api"],
    });
    return (await outputs[0]?.text()) ?? "";
  };
  expect(await bundleOf("metrics.ts")).toContain('from "@opentelemetry/api"');
  expect(await bundleOf("index.ts")).not.toContain("@opentelemetry/api");
});
