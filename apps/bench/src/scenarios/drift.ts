// Whether a pool gets slower, or leaves something behind, while it serves thousands of calls.
import { createPool } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { spawnWithPipes } from "../spawn.ts";

const CALLS = "pool.call add(), one after another";
const COMMANDS = "pool.run() of true, one after another";
const PLAIN = "Bun.spawn of true, no sandbox";
const PROGRAM = "/usr/bin/true";

export const drift: Scenario = {
  name: "drift",
  says: "the same call again and again, in one pool: the last thousand should take as long as the first; --long makes 50,000",
  unit: "ms",
  plot: "course",
  rounds: { full: 3000, quick: 500, long: 50_000 },
  seconds: { full: 10, quick: 1.5 },
  warmUp: 20,
  settleMs: 0,
  async prepare({ signal }) {
    const casting = new Casting(signal);
    casting.add(PLAIN, `Bun.spawn(["${PROGRAM}"])`, () => spawnWithPipes([PROGRAM]));
    // A pool each: one that is asked for calls and commands in turn keeps the wrong standby.
    await casting.addWith(
      [CALLS],
      () => functionPool(),
      (pool) => casting.add(CALLS, 'pool.call("add", [19, 23])', async () => void (await pool.call("add", [19, 23]))),
    );
    await casting.addWith(
      [COMMANDS],
      () => createPool(),
      (pool) =>
        casting.add(COMMANDS, `pool.run(["${PROGRAM}"])`, async () => void (await pool.run([PROGRAM])).orThrow()),
    );
    return casting.stage(null, [
      { kind: "drift", of: CALLS, beside: PLAIN, atMost: 1.1, says: "a call is as fast after thousands of others" },
      {
        kind: "drift",
        of: COMMANDS,
        beside: PLAIN,
        atMost: 1.1,
        says: "a command is as fast after thousands of others",
      },
    ]);
  },
};
