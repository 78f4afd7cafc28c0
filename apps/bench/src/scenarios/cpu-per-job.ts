// How much of the machine's CPU time one job takes, whoever uses it: host, worker, job, and the kernel that takes it down.
import { createPool, run } from "hutch";
import { work } from "../callers.ts";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { machineCpuMs } from "../cpu-clock.ts";
import { Floor, FULL_SANDBOX } from "../floor/floor.ts";
import { functionPool } from "../function-pool.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { commandLine, spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const PROGRAM = "/usr/bin/true";
const POOLED = "pool.run()";
const FLOOR = "C floor, the same sandbox from a resident server";
const SLICE_MS = 500;
const QUICK_SLICE_MS = 200;
/** Namespaces are taken down by the kernel's own threads, a while later. */
const TEARDOWN_MS = 60;

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: POOLED,
    to: FLOOR,
    atMost: 2,
    says: "CPU time of the whole machine for a command, to the floor",
  },
];

export const cpuPerJob: Scenario = {
  name: "cpu-per-job",
  says: `CPU time of the whole machine for each ${PROGRAM}; what else runs on it is counted too, so it wants a quiet one`,
  unit: "ms",
  plot: "bars",
  rounds: { full: 3, quick: 1 },
  seconds: { full: 6, quick: 1 },
  warmUp: 1,
  async prepare({ quick, signal }) {
    const casting = new Casting(signal);
    const add = (name: string, how: string, job: () => Promise<unknown>): void =>
      casting.addMeter(name, how, () => cpuPerJobOf(quick ? QUICK_SLICE_MS : SLICE_MS, job));
    add("Bun.spawn, no sandbox", `Bun.spawn(["${PROGRAM}"])`, () => spawnWithPipes([PROGRAM]));
    add("run()", `run(["${PROGRAM}"])`, async () => (await run([PROGRAM])).orThrow());
    await casting.addWith(
      [POOLED],
      () => createPool(),
      (pool) => add(POOLED, `pool.run(["${PROGRAM}"])`, async () => (await pool.run([PROGRAM])).orThrow()),
    );
    await casting.addWith(
      ["pool.call()"],
      () => functionPool(),
      (pool) => add("pool.call()", 'pool.call("add", [19, 23])', () => pool.call("add", [19, 23])),
    );
    await casting.addWith(
      [FLOOR],
      () => Floor.start("resident"),
      (floor) => add(FLOOR, `floor.c resident: ${FULL_SANDBOX.join(", ")}`, () => floor.time(FULL_SANDBOX, PROGRAM)),
    );
    await casting.addWith(
      [bubblewrap.name],
      async () => bubblewrap.start(PROGRAM),
      ({ command, extra }) => add(bubblewrap.name, commandLine(command), () => spawnWithPipes(command, extra)),
    );
    return casting.stage("Bun.spawn, no sandbox", TARGETS);
  },
};

async function cpuPerJobOf(sliceMs: number, job: () => Promise<unknown>): Promise<{ readonly value: number }> {
  const before = machineCpuMs();
  const { jobs } = await work(1, sliceMs, job);
  await Bun.sleep(TEARDOWN_MS);
  return { value: (machineCpuMs() - before) / jobs };
}
