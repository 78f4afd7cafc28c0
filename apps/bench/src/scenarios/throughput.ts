// Jobs per second with so many of them at once.
import { createPool } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { Floor, FULL_SANDBOX } from "../floor/floor.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { programPath } from "../program-path.ts";
import { commandLine, spawnWithPipes } from "../spawn.ts";

const PROGRAM = "/usr/bin/true";
const AT_ONCE = [1, 2, 4, 8] as const;
const SLICE_MS = 400;
const QUICK_SLICE_MS = 120;

export const throughput: Scenario = {
  name: "throughput",
  says: "jobs per second with so many at once; each series has as many workers as jobs at once",
  unit: "per s",
  plot: "line",
  axis: "jobs at once",
  rounds: { full: 3, quick: 1 },
  seconds: { full: 12, quick: 2 },
  warmUp: 1,
  settleMs: 30,
  async prepare({ quick }) {
    const casting = new Casting();
    const sliceMs = quick ? QUICK_SLICE_MS : SLICE_MS;
    const add = (series: string, at: number, how: string, job: (index: number) => Promise<unknown>): void =>
      casting.addMeter(`${series}, ${at} at once`, how, () => jobsPerSecond(at, sliceMs, job), { series, at });
    for (const at of AT_ONCE) {
      add("Bun.spawn, no sandbox", at, `Bun.spawn(["${PROGRAM}"])`, () => spawnWithPipes([PROGRAM]));
      await casting.addWith(
        [`pool.run(), ${at} at once`, `pool.call(), ${at} at once`],
        () => createPool<typeof import("../programs/tasks.ts")>({ module: programPath("tasks.ts"), workers: at }),
        (pool) => {
          const options = `createPool({ workers: ${at} })`;
          add("pool.run()", at, `${options}.run(["${PROGRAM}"])`, async () => (await pool.run([PROGRAM])).orThrow());
          add("pool.call()", at, `${options}.call("add")`, () => pool.call("add", [19, 23]));
        },
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
    return casting.stage(null, []);
  },
};

/** Each of so many callers starts its next job when the one before has ended. */
async function jobsPerSecond(
  atOnce: number,
  sliceMs: number,
  job: (index: number) => Promise<unknown>,
): Promise<{ readonly value: number }> {
  const started = performance.now();
  let jobs = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async (_, index) => {
      while (performance.now() - started < sliceMs) {
        await job(index);
        jobs += 1;
      }
    }),
  );
  return { value: jobs / ((performance.now() - started) / 1000) };
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
