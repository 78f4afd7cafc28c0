// hutch/metrics: what a pool does as metrics of OpenTelemetry, whose API gives them to Prometheus and most others, and does
// nothing where a program has set up no SDK. prom-client would be one receiver. An entry of its own: nobody else loads the API.

import { HUTCH_VERSION } from "@hutch/core";
import {
  type Attributes,
  type Histogram,
  type Meter,
  metrics,
  type ObservableResult,
  ValueType,
} from "@opentelemetry/api";
import { PRIORITIES } from "./fair-queue.ts";
import type { Pool } from "./pool.ts";
import type { PoolEvents } from "./pool-events.ts";

/** Options of meterPool(). */
export interface MeterPoolOptions {
  /** The meter `hutch` of the global provider unless given. */
  readonly meter?: Meter;
  /** Of every measurement, such as the pool's name where a program has several. */
  readonly attributes?: Attributes;
}

/** Seconds: from a standby's answer to the longest that people let a job run. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const MIB = 2 ** 20;
const BYTES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((mib) => mib * MIB);

/**
 * Measures a pool until the returned object is disposed of.
 * - counters: `hutch.pool.jobs`, `hutch.pool.calls.lost`, `hutch.pool.workers.ended`
 * - histograms of each job: `hutch.pool.job.wait`, `.duration`, `.cpu_time` (seconds), `.memory` (bytes)
 * - of now: `hutch.pool.workers`, `hutch.pool.standbys`, `hutch.pool.jobs.running`, `hutch.pool.calls.waiting`
 *
 * `caller` is no attribute: there may be any number of them.
 */
export function meterPool(pool: Pick<Pool, "events" | "stats">, options: MeterPoolOptions = {}): Disposable {
  const { meter = metrics.getMeter("hutch", HUTCH_VERSION), attributes = {} } = options;
  using undo = new DisposableStack();
  const listen = <K extends keyof PoolEvents>(name: K, listener: (...args: PoolEvents[K]) => void): void => {
    pool.events.on(name, listener as never);
    undo.defer(() => void pool.events.off(name, listener as never));
  };

  const jobs = meter.createCounter("hutch.pool.jobs", { description: "Jobs that ended", unit: "{job}" });
  const wait = histogram(meter, "job.wait", "From a call to its worker", "s");
  const duration = histogram(meter, "job.duration", "From a job's launch to its end", "s");
  const cpuTime = histogram(meter, "job.cpu_time", "CPU time of a job's processes", "s");
  const memory = histogram(meter, "job.memory", "The most memory that a job used", "By");
  listen("jobEnded", ({ kind, status, blame, priority, waitedMs, wallMs, cpuMs, peakMemoryBytes }) => {
    jobs.add(1, { ...attributes, kind, status, blame, priority });
    wait.record(waitedMs / 1000, { ...attributes, priority });
    duration.record(wallMs / 1000, { ...attributes, kind, status });
    cpuTime.record(cpuMs / 1000, { ...attributes, kind, status });
    memory.record(peakMemoryBytes, { ...attributes, kind, status });
  });

  const lost = meter.createCounter("hutch.pool.calls.lost", {
    description: "Calls that got no verdict",
    unit: "{call}",
  });
  listen("callLost", ({ why, priority }) => lost.add(1, { ...attributes, why, priority }));

  const ended = meter.createCounter("hutch.pool.workers.ended", {
    description: "Workers that ended",
    unit: "{worker}",
  });
  listen("workerEnded", ({ why }) => ended.add(1, { ...attributes, why }));

  const observe = (
    name: string,
    description: string,
    unit: string,
    look: (result: ObservableResult<Attributes>) => void,
  ): void => {
    const gauge = meter.createObservableUpDownCounter(`hutch.pool.${name}`, {
      description,
      unit,
      valueType: ValueType.INT,
    });
    gauge.addCallback(look);
    undo.defer(() => gauge.removeCallback(look));
  };
  observe("workers", "Workers that there are", "{worker}", (result) => {
    const { ready, busy, starting } = pool.stats().workers;
    for (const [state, count] of Object.entries({ idle: ready - busy, busy, starting }))
      result.observe(count, { ...attributes, state });
  });
  observe("standbys", "Jobs that wait for a call", "{job}", (result) =>
    result.observe(pool.stats().standbys.waiting, attributes),
  );
  observe("jobs.running", "Jobs that run", "{job}", (result) => result.observe(pool.stats().jobs.running, attributes));
  observe("calls.waiting", "Calls that wait for a worker", "{call}", (result) => {
    const { waiting } = pool.stats().calls;
    for (const priority of PRIORITIES) result.observe(waiting[priority], { ...attributes, priority });
  });

  return undo.move();
}

function histogram(meter: Meter, name: string, description: string, unit: "s" | "By"): Histogram<Attributes> {
  return meter.createHistogram(`hutch.pool.${name}`, {
    description,
    unit,
    advice: { explicitBucketBoundaries: unit === "s" ? SECONDS : BYTES },
  });
}
