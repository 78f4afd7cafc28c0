import { createPool } from "hutch";
import { work } from "../callers.ts";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { Floor, FULL_SANDBOX } from "../floor/floor.ts";
import { functionPool } from "../function-pool.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { commandLine, spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const PROGRAM = "/usr/bin/true";
const AT_ONCE = [1, 2, 4, 8] as const;
/** Starting fifteen workers takes longer than a quick run has. */
const QUICK_AT_ONCE = [1, 4] as const;
const SLICE_MS = 400;
/** So much of a slice runs before it, and is not counted. */
const WARM_UP_PART = 8;
const QUICK_SLICE_MS = 120;

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: "C floor, 4 at once",
    to: "pool.run(), 4 at once",
    atMost: 1 / 0.55,
    says: "the floor's jobs per second with four at once, to those of a pool",
  },
];

export const throughput: Scenario = {
  name: "throughput",
  says: "jobs per second with so many at once; each series has as many workers as jobs at once",
  unit: "per s",
  plot: "line",
  axis: "jobs at once",
  rounds: { full: 3, quick: 1 },
  seconds: { full: 10, quick: 1.5 },
  warmUp: 0,
  settleMs: 30,
  async prepare({ quick, signal }) {
    const casting = new Casting(signal);
    const sliceMs = quick ? QUICK_SLICE_MS : SLICE_MS;
    const add = (series: string, at: number, how: string, job: (index: number) => Promise<unknown>): void =>
      casting.addMeter(`${series}, ${at} at once`, how, () => jobsPerSecond(at, sliceMs, job), { series, at });
    for (const at of quick ? QUICK_AT_ONCE : AT_ONCE) {
      add("Bun.spawn, no sandbox", at, `Bun.spawn(["${PROGRAM}"])`, () => spawnWithPipes([PROGRAM]));
      await casting.addWith(
        [`pool.run(), ${at} at once`],
        () => createPool({ workers: at }),
        (pool) =>
          add("pool.run()", at, `createPool({ workers: ${at} }).run(["${PROGRAM}"])`, async () =>
            (await pool.run([PROGRAM])).orThrow(),
          ),
      );
      await casting.addWith(
        [`pool.call(), ${at} at once`],
        () => functionPool({ workers: at }),
        (pool) =>
          add("pool.call()", at, `createPool({ workers: ${at} }).call("add")`, () => pool.call("add", [19, 23])),
      );
      await casting.addWith(
        [`${bubblewrap.name}, ${at} at once`],
        async () => bubblewrap.start(PROGRAM),
        ({ command, extra }) => add(bubblewrap.name, at, commandLine(command), () => spawnWithPipes(command, extra)),
      );
      await casting.addWith(
        [`C floor, ${at} at once`],
        () => floors(at),
        (list) => add("C floor", at, `floor.c resident, ${at} servers`, async (index) => list.time(index)),
      );
    }
    return casting.stage(null, TARGETS);
  },
};

/** Of so many callers together. */
async function jobsPerSecond(
  atOnce: number,
  sliceMs: number,
  job: (index: number) => Promise<unknown>,
): Promise<{ readonly value: number }> {
  await work(atOnce, sliceMs / WARM_UP_PART, job);
  const { jobs, ms } = await work(atOnce, sliceMs, job);
  return { value: jobs / (ms / 1000) };
}

interface Floors extends AsyncDisposable {
  time(index: number): Promise<number>;
}

async function floors(count: number): Promise<Floors> {
  await using disposal = new AsyncDisposableStack();
  const list: Floor[] = [];
  for (let made = 0; made < count; made += 1) list.push(disposal.use(await Floor.start("resident")));
  const owned = disposal.move();
  return {
    time: async (index) => (await list[index]?.time(FULL_SANDBOX, PROGRAM)) ?? Number.NaN,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
