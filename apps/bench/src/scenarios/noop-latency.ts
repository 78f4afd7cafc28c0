// The sandbox without the program: one of a thousand bytes, which also says when it began.
import { createPool, type Policy, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { compile } from "../floor/compile.ts";
import { Floor, FULL_SANDBOX } from "../floor/floor.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { unshare } from "../peers/small-tools.ts";
import { commandLine, outputOf } from "../spawn.ts";
import { stampedTurn } from "../stamped.ts";
import type { Target } from "../target.ts";

const INSIDE = "/stamp";
const BARE_FLOOR = "C: vfork and exec";
const FLOOR = "C floor, the same sandbox from a resident server";
const PLAIN = "Bun.spawn, pipes drained";
const POOLED = "pool.run()";
const NO_LIBRARY = ["-static", "-nostdlib"];

const TARGETS: readonly Target[] = [
  { kind: "ratio", of: POOLED, to: FLOOR, atMost: 1.8, says: "a sandbox without the program in it, to the floor" },
  { kind: "ratio", of: POOLED, to: bubblewrap.name, atMost: 1 / 6, says: "the same, to bubblewrap with a filter" },
];

export const noopLatency: Scenario = {
  name: "noop-latency",
  says: "a program of a thousand bytes that says when it began: what is the sandbox's own time, and where it is",
  unit: "ms",
  plot: "spread",
  rounds: { full: 200, quick: 30 },
  seconds: { full: 8, quick: 1.5 },
  async prepare({ signal }) {
    const casting = new Casting(signal);
    try {
      const stamp = casting.own(compile(import.meta.resolve("../programs/stamp.c"), NO_LIBRARY));
      const noop = casting.own(compile(import.meta.resolve("../programs/noop.c"), NO_LIBRARY));
      await addFloors(casting, noop.path);
      await addOurs(casting, stamp.path);
      await addOthers(casting, stamp.path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      casting.addAbsent({ name: "all of this scenario", why });
    }
    return casting.stage(PLAIN, TARGETS);
  },
};

async function addFloors(casting: Casting, noop: string): Promise<void> {
  await casting.addWith(
    [BARE_FLOOR],
    () => Floor.start("fresh"),
    (floor) =>
      casting.addMeter(BARE_FLOOR, "floor.c fresh: vfork and exec", async () => ({
        value: await floor.time([], noop),
      })),
  );
  // The server has a root of its own, in which this program is not: it is shown to it before it moves there.
  await casting.addWith(
    [FLOOR],
    () => Floor.start("resident", [], noop),
    (floor) =>
      casting.addMeter(FLOOR, `floor.c resident: ${FULL_SANDBOX.join(", ")}`, async () => ({
        value: await floor.time(FULL_SANDBOX, "/program"),
      })),
  );
}

async function addOurs(casting: Casting, stamp: string): Promise<void> {
  const policy: Partial<Policy> = { files: [{ kind: "read-only", source: stamp, path: INSIDE }] };
  casting.addMeter("run()", `run(["${INSIDE}"])`, () =>
    stampedTurn(async () => (await run([INSIDE], { policy })).orThrow().stdout),
  );
  for (const [name, standby] of [
    [POOLED, true],
    ["pool.run(), on demand", false],
  ] as const) {
    await casting.addWith(
      [name],
      () => createPool({ policy, standby }),
      (pool) =>
        casting.addMeter(name, `pool.run(["${INSIDE}"]), standby: ${standby}`, () =>
          stampedTurn(async () => (await pool.run([INSIDE])).orThrow().stdout),
        ),
    );
  }
}

async function addOthers(casting: Casting, stamp: string): Promise<void> {
  casting.addMeter(PLAIN, `Bun.spawn(["${INSIDE}"])`, () => stampedTurn(() => outputOf([stamp])));
  for (const [peer, program, file] of [
    [bubblewrap, INSIDE, stamp],
    [unshare, stamp, undefined],
  ] as const) {
    await casting.addWith(
      [peer.name],
      async () => peer.start(program, file),
      ({ command, extra }) =>
        casting.addMeter(peer.name, commandLine(command), () => stampedTurn(() => outputOf(command, extra))),
    );
  }
}
