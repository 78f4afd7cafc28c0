// How long one command takes from the call to its gathered result, by each way of starting it.
import { createPool, type Policy, type RunningJob, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { Floor, FULL_SANDBOX } from "../floor/floor.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { addPeers } from "../peers/command-peers.ts";
import { unshare } from "../peers/small-tools.ts";
import { phaseParts } from "../phase-parts.ts";
import { commandLine, spawnWithoutPipes, spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const COMMAND = ["/usr/bin/true"];
const LINE = commandLine(COMMAND);

const PLAIN = "Bun.spawn, pipes drained";
const BARE = "Bun.spawn, no pipes";
const DIRECT = "run()";
const POOLED = "pool.run()";
const DIRECT_POSIX = "run(), posix-fork";
const POOLED_POSIX = "pool.run(), posix-fork";
const ON_DEMAND = "pool.run(), on demand";
const FLOOR = "C floor, the same sandbox from a resident server";
const POSIX: Partial<Policy> = { backend: "posix-fork" };

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: POOLED,
    to: PLAIN,
    atMost: 1.8,
    says: "a command in the full sandbox through a running worker, to a plain Bun.spawn with its output read",
  },
  { kind: "ratio", of: POOLED, to: FLOOR, atMost: 1.3, says: "the same, to the floor of the kernel" },
  { kind: "ratio", of: POOLED, to: bubblewrap.name, atMost: 1 / 3, says: "the same, to bubblewrap with a filter" },
  { kind: "tail", of: POOLED, atMost: 3, says: "it takes about as long each time" },
];

export const spawnLatency: Scenario = {
  name: "spawn-latency",
  says: `${LINE}: from the call to its exit status, output and usage`,
  unit: "ms",
  plot: "spread",
  rounds: { full: 200, quick: 40 },
  seconds: { full: 12, quick: 2.5 },
  async prepare({ signal }) {
    const casting = new Casting(signal);
    casting.add(PLAIN, `Bun.spawn(["${LINE}"], { stdout: "pipe", stderr: "pipe" })`, () => spawnWithPipes(COMMAND));
    casting.add(BARE, `Bun.spawn(["${LINE}"], { stdout: "ignore", stderr: "ignore" })`, () =>
      spawnWithoutPipes(COMMAND),
    );
    casting.add(DIRECT, `run(["${LINE}"])`, () => succeed(run(COMMAND)));
    casting.add(DIRECT_POSIX, `run(["${LINE}"], { policy: { backend: "posix-fork" } })`, () =>
      succeed(run(COMMAND, { policy: POSIX })),
    );
    await casting.addWith(
      [POOLED],
      () => createPool(),
      (pool) => {
        casting.add(POOLED, `pool.run(["${LINE}"])`, () => succeed(pool.run(COMMAND)));
      },
    );
    await casting.addWith(
      [ON_DEMAND],
      () => createPool({ standby: false }),
      (pool) => {
        casting.add(ON_DEMAND, `pool.run(["${LINE}"]) of a pool with { standby: false }`, () =>
          succeed(pool.run(COMMAND)),
        );
      },
    );
    await casting.addWith(
      [FLOOR],
      () => Floor.start("resident"),
      (floor) => {
        casting.addMeter(FLOOR, `floor.c resident: ${FULL_SANDBOX.join(", ")}`, async () => ({
          value: await floor.time(FULL_SANDBOX, LINE),
        }));
      },
    );
    await casting.addWith(
      [POOLED_POSIX],
      () => createPool({ policy: POSIX }),
      (pool) => {
        casting.add(POOLED_POSIX, `pool.run(["${LINE}"]) of a pool with { policy: { backend: "posix-fork" } }`, () =>
          succeed(pool.run(COMMAND)),
        );
      },
    );
    await addPeers(casting, [bubblewrap, unshare], LINE);
    return casting.stage(PLAIN, TARGETS);
  },
};

async function succeed(job: RunningJob): Promise<ReturnType<typeof phaseParts>> {
  return phaseParts((await job).orThrow().report);
}
