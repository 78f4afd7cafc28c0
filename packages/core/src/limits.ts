// What a job may consume: the type, its defaults, and the check of what a caller gave. Units are in the names.
import * as v from "valibot";
import { parseOptions } from "./options.ts";

/** What one job may use at most. What a caller leaves out is DEFAULT_LIMITS', a preset's, or the pool's. */
export interface Limits {
  /** CPU time of the job's whole process tree, in milliseconds. */
  readonly cpuMs: number;
  /** Time from start to end, in milliseconds. Four times `cpuMs` unless given. */
  readonly wallMs: number;
  /** Memory of the whole process tree, in bytes. */
  readonly memoryBytes: number;
  /** Processes and threads alive at once. */
  readonly processes: number;
  /** Bytes that the job may send: stdout and stderr together, and the result of a function or wasm job on its own. */
  readonly outputBytes: number;
  /** Size of each private tmpfs (/tmp, /dev/shm), in bytes. */
  readonly diskBytes: number;
  /** Size of any file that the job writes, in bytes (RLIMIT_FSIZE). */
  readonly fileSizeBytes: number;
  /** Open descriptors of each process (RLIMIT_NOFILE). */
  readonly openFiles: number;
  /** Size that a compressed payload may inflate to, in bytes. */
  readonly inflatedBytes: number;
}

const MiB = 2 ** 20;
const WALL_FACTOR = 4;

/** 2 s of CPU time, 8 s of time, 256 MiB, 64 processes, 16 MiB of output. */
export const DEFAULT_LIMITS: Limits = {
  cpuMs: 2_000,
  wallMs: 8_000,
  memoryBytes: 256 * MiB,
  processes: 64,
  outputBytes: 16 * MiB,
  diskBytes: 64 * MiB,
  fileSizeBytes: 64 * MiB,
  openFiles: 256,
  inflatedBytes: 64 * MiB,
};

const DAY_MS = 86_400_000;
const TiB = 2 ** 40;

function amount(unit: string, least: number, most: number): v.GenericSchema<unknown, number> {
  const expected = `a whole number of ${unit} from ${least} to ${most}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(least, expected), v.maxValue(most, expected));
}

const AMOUNTS = {
  cpuMs: amount("milliseconds", 1, DAY_MS),
  wallMs: amount("milliseconds", 1, DAY_MS * WALL_FACTOR),
  memoryBytes: amount("bytes", 4 * MiB, TiB),
  processes: amount("processes", 1, 1_000_000),
  outputBytes: amount("bytes", 0, TiB),
  diskBytes: amount("bytes", 4096, TiB),
  fileSizeBytes: amount("bytes", 0, TiB),
  openFiles: amount("descriptors", 16, 1_048_576),
  inflatedBytes: amount("bytes", 0, TiB),
};

/** What a caller gives: any of the limits. */
export const LimitsSchema: v.GenericSchema<unknown, Partial<Limits>> = v.strictObject({
  cpuMs: v.exactOptional(AMOUNTS.cpuMs),
  wallMs: v.exactOptional(AMOUNTS.wallMs),
  memoryBytes: v.exactOptional(AMOUNTS.memoryBytes),
  processes: v.exactOptional(AMOUNTS.processes),
  outputBytes: v.exactOptional(AMOUNTS.outputBytes),
  diskBytes: v.exactOptional(AMOUNTS.diskBytes),
  fileSizeBytes: v.exactOptional(AMOUNTS.fileSizeBytes),
  openFiles: v.exactOptional(AMOUNTS.openFiles),
  inflatedBytes: v.exactOptional(AMOUNTS.inflatedBytes),
});

/** What travels between processes and goes into a report: every limit. */
export const CompleteLimitsSchema: v.GenericSchema<unknown, Limits> = v.strictObject(AMOUNTS);

/**
 * Fills in what the caller left out.
 * @throws TypeError for an unknown key or a value that is not a number; RangeError for a value out of range.
 */
export function parseLimits(given: unknown = {}, defaults: Limits = DEFAULT_LIMITS): Limits {
  const limits = parseOptions("limits", LimitsSchema, given);
  const wallMs = limits.wallMs ?? (limits.cpuMs === undefined ? defaults.wallMs : limits.cpuMs * WALL_FACTOR);
  return { ...defaults, ...limits, wallMs };
}
