// Faults at random moments around thousands of jobs: each job has exactly one verdict, which is true of it or explained by
// a fault, and nothing is left over. HUTCH_FAULT_JOBS=100000 makes it a long run, HUTCH_FAULT_SEED repeats one.
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createPool, openStore, type Pool } from "../../src/index.ts";
import { checkPoolOptions } from "../../src/pool-options.ts";
import { WorkerPool } from "../../src/worker-pool.ts";
import { descendantsOf } from "../kernel/processes.ts";
import { leakedSince, settledDescriptors, until } from "../kernel/until.ts";
import { asHostError, type Fault, faultsAround } from "./faults.ts";
import { KINDS, type Kind } from "./kinds.ts";
import { ProxiedWorkers } from "./proxied-workers.ts";
import { SmallDisk } from "./small-disk.ts";

const JOBS = Number(process.env["HUTCH_FAULT_JOBS"] ?? 10_000);
const SEED = Number(process.env["HUTCH_FAULT_SEED"] ?? Date.now() % 1_000_000);
const CALLERS = 6;
const LONGEST_PAUSE_MS = 800;
/** What a fault broke may be noticed by the next job only. */
const AFTERMATH_MS = 2_000;
const LOTS: readonly Kind[] = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
/** Callers that are refused at once would use up all jobs in a moment. */
const AFTER_ERROR_MS = 10;
const MiB = 2 ** 20;
/** A leak of a few hundred bytes per job is more. */
const MOST_GROWTH_BYTES = 96 * MiB;

interface Strike {
  readonly fault: Fault;
  readonly atMs: number;
  endedMs: number;
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** In a random order, each once before any of them comes again. */
class Deck<T> {
  readonly #all: readonly T[];
  readonly #random: (below: number) => number;
  #left: T[] = [];

  constructor(all: readonly T[], random: (below: number) => number) {
    this.#all = all;
    this.#random = random;
  }

  next(): T {
    if (this.#left.length === 0) this.#left = [...this.#all];
    return this.#left.splice(this.#random(this.#left.length), 1)[0] as T;
  }
}

class Run {
  readonly #random = seeded(SEED);
  readonly #pool: Pool;
  readonly #decks: readonly Deck<Fault>[];
  readonly #strikes: Strike[] = [];
  readonly wrong: string[] = [];
  readonly counts: Record<string, number> = {};
  ended = 0;
  #started = 0;

  constructor(pool: Pool, groups: readonly (readonly Fault[])[]) {
    this.#pool = pool;
    this.#decks = groups.map((faults) => new Deck(faults, this.#random));
  }

  async caller(): Promise<void> {
    while (this.#started < JOBS) {
      this.#started += 1;
      await this.#one(this.#started, this.#pickKind());
    }
  }

  async trouble(): Promise<void> {
    while (this.ended < JOBS) {
      await Bun.sleep(this.#random(LONGEST_PAUSE_MS));
      const fault = (this.#decks[this.#random(this.#decks.length)] as Deck<Fault>).next();
      const strike = { fault, atMs: performance.now(), endedMs: Number.POSITIVE_INFINITY };
      this.#strikes.push(strike);
      await fault.strike(this.#random);
      strike.endedMs = performance.now();
    }
  }

  /** How often each happened. */
  get strikes(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { fault } of this.#strikes) counts[fault.name] = (counts[fault.name] ?? 0) + 1;
    return counts;
  }

  #pickKind(): Kind {
    return LOTS[this.#random(LOTS.length)] as Kind;
  }

  async #one(count: number, kind: Kind): Promise<void> {
    const startedMs = performance.now();
    try {
      const seen = await kind.run(this.#pool, count);
      this.#count(seen.verdict.status);
      if (kind.isTrue(seen)) return;
      const explained = seen.right && this.#around(startedMs).some(({ fault }) => fault.explains(seen.verdict));
      if (!explained) this.#tell(count, kind, startedMs, JSON.stringify(seen));
    } catch (error) {
      this.#count("error");
      const ours = asHostError(error);
      const explained = ours !== null && this.#around(startedMs).some(({ fault }) => fault.explainsError?.(ours));
      if (!explained) this.#tell(count, kind, startedMs, error instanceof Error ? (error.stack ?? "") : String(error));
      await Bun.sleep(AFTER_ERROR_MS);
    } finally {
      this.ended += 1;
    }
  }

  #around(startedMs: number): Strike[] {
    return this.#strikes.filter(({ endedMs }) => endedMs > startedMs - AFTERMATH_MS);
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  #tell(count: number, kind: Kind, startedMs: number, what: string): void {
    const faults = this.#around(startedMs).map(
      ({ fault, atMs }) => `${fault.name} (${Math.round(atMs - startedMs)} ms after its start)`,
    );
    this.wrong.push(`job ${count}, ${kind.name}: ${what}\n  around it: ${faults.join(", ") || "nothing"}`);
  }
}

test(`${JOBS} jobs with faults around them each have one verdict that is true (seed ${SEED})`, async () => {
  await using disk = await SmallDisk.make("1m");
  const folder = join(disk.folder, "store");
  mkdirSync(folder, { mode: 0o700 });
  // A preparation that a fault ended is tried again by the next caller.
  using store = openStore({ folder, coolDownMs: 0, tries: 32 });
  const options = {
    store,
    module: join(import.meta.dir, "../kernel/jobs/tasks.ts"),
    workers: 2,
    limits: { cpuMs: 5_000, wallMs: 60_000 },
  };
  // The first pool of a process opens what stays open.
  await (await createPool(options)).close();
  await using proxy = new ProxiedWorkers();
  const before = await settledDescriptors();
  const processesBefore = descendantsOf(process.pid).length;
  const pool = (await WorkerPool.start(checkPoolOptions(options), proxy.connect)) as unknown as Pool;
  const run = new Run(pool, faultsAround({ proxy, disk, store: folder }));
  const trouble = run.trouble();
  const callers = Array.from({ length: CALLERS }, () => run.caller());
  await until(() => run.ended >= JOBS / 4);
  Bun.gc(true);
  const early = process.memoryUsage.rss();
  await Promise.all([...callers, trouble]);
  Bun.gc(true);
  const growth = process.memoryUsage.rss() - early;
  await pool.close();
  console.log(JSON.stringify({ faults: run.strikes, ...run.counts, grownMiB: Math.round(growth / MiB) }));
  const { problem, ...kept } = store.stats();
  console.log(JSON.stringify({ ...kept, problem: problem?.message }));
  await until(() => descendantsOf(process.pid).length <= processesBefore);
  expect({ wrong: run.wrong, ended: run.ended, leaked: await leakedSince(before) }).toEqual({
    wrong: [],
    ended: JOBS,
    leaked: [],
  });
  expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
}, 1_500_000);
