// How many workers a pool has, and for how long: the part of its options that is about nothing else.
import { refuseUnknown } from "./refuse-unknown.ts";
import { checkWholeNumber } from "./whole-number.ts";
import type { RetireAfter } from "./worker-retirement.ts";

export interface WorkerCountOptions {
  /** Workers, all started with the pool; one unless given. Jobs of different workers are made at the same time. */
  readonly workers?: number;
  /**
   * In place of `workers`: so many are started with the pool and stay, one unless given. With 0 one is started with the pool, and
   * ended like any other when it is idle.
   */
  readonly minWorkers?: number;
  /** Up to so many are started when a call finds all others busy; `minWorkers` unless given. */
  readonly maxWorkers?: number;
  /** A worker above `minWorkers` is ended after so many milliseconds without a job; 30,000 unless given. */
  readonly idleTimeoutMs?: number;
  /**
   * A worker is retired after so many jobs, at such an age, or when its memory has grown so much: the next one is started first,
   * then the old one takes no more jobs, and is ended when those that it has are over. Never unless given.
   */
  readonly retireAfter?: RetireAfter;
}

export interface WorkerCounts {
  readonly min: number;
  readonly max: number;
  readonly idleTimeoutMs: number;
  readonly retireAfter: Required<RetireAfter>;
}

export const WORKER_COUNT_NAMES: readonly (keyof WorkerCountOptions)[] = [
  "workers",
  "minWorkers",
  "maxWorkers",
  "idleTimeoutMs",
  "retireAfter",
];
const MAX_WORKERS = 1024;
const DEFAULT_IDLE_MS = 30_000;
/** The longest that a timer of Bun takes: 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const NEVER = Number.POSITIVE_INFINITY;

/** @throws TypeError or RangeError that names the option */
export function checkWorkerCounts(options: WorkerCountOptions): WorkerCounts {
  const { workers, minWorkers, maxWorkers, idleTimeoutMs = DEFAULT_IDLE_MS } = options;
  if (workers !== undefined && (minWorkers !== undefined || maxWorkers !== undefined))
    throw new TypeError('Cannot use option "workers" beside "minWorkers" or "maxWorkers": it stands for both');
  const min = checkWholeNumber(
    workers === undefined ? "minWorkers" : "workers",
    workers ?? minWorkers ?? 1,
    workers === undefined ? 0 : 1,
    MAX_WORKERS,
  );
  const max = checkWholeNumber("maxWorkers", maxWorkers ?? Math.max(1, min), 1, MAX_WORKERS);
  if (max < min) throw new RangeError(`Cannot use maxWorkers = ${max}: expected at least minWorkers, which is ${min}`);
  return {
    min,
    max,
    idleTimeoutMs: idleTimeoutMs === NEVER ? NEVER : checkWholeNumber("idleTimeoutMs", idleTimeoutMs, 0, MAX_TIMER_MS),
    retireAfter: checkRetireAfter(options.retireAfter ?? {}),
  };
}

function checkRetireAfter(given: RetireAfter): Required<RetireAfter> {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`Cannot use retireAfter = ${String(given)}: expected an object`);
  refuseUnknown(given, ["jobs", "ageMs", "grownBytes"]);
  const amount = (name: keyof RetireAfter, least: number, most: number): number => {
    const value = given[name] ?? NEVER;
    return value === NEVER ? value : checkWholeNumber(`retireAfter.${name}`, value, least, most);
  };
  return {
    jobs: amount("jobs", 1, Number.MAX_SAFE_INTEGER),
    ageMs: amount("ageMs", 1, MAX_TIMER_MS),
    grownBytes: amount("grownBytes", 1, Number.MAX_SAFE_INTEGER),
  };
}
