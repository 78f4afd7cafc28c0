// What a job is charged that does nothing: the part of setting it up that is counted as its own.
import { createPool, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import type { Target } from "../target.ts";

const COMMAND = ["/usr/bin/true"];
const ALLOWED_MS = 2;
const DIRECT = "run()";

export const emptyCharge: Scenario = {
  name: "empty-charge",
  says: "CPU time that is charged to a job that does nothing",
  unit: "ms",
  plot: "spread",
  rounds: { full: 60, quick: 12 },
  // Time for the next standby to get ready: one that is not yet there is an on-demand start.
  settleMs: 30,
  seconds: { full: 4, quick: 0.8 },
  async prepare({ signal }) {
    const casting = new Casting(signal);
    const names = [DIRECT];
    casting.addMeter(DIRECT, `run(["${COMMAND[0]}"])`, async () => ({
      value: (await run(COMMAND)).orThrow().report.usage.cpuMs,
    }));
    for (const standby of [true, false]) {
      const way = standby ? "a standby waits" : "on demand";
      const own = [`pool.run(), ${way}`, `pool.execute() of a function, ${way}`] as const;
      names.push(...own);
      await casting.addWith(
        [own[0]],
        () => createPool({ standby }),
        (pool) =>
          casting.addMeter(own[0], `pool.run(["${COMMAND[0]}"]), standby: ${standby}`, async () => ({
            value: (await pool.run(COMMAND)).orThrow().report.usage.cpuMs,
          })),
      );
      await casting.addWith(
        [own[1]],
        () => functionPool({ standby }),
        (pool) =>
          casting.addMeter(own[1], `pool.execute("add", [19, 23]), standby: ${standby}`, async () => ({
            value: (await pool.execute("add", [19, 23])).report.usage.cpuMs,
          })),
      );
    }
    return casting.stage(null, names.map(targetFor));
  },
};

function targetFor(of: string): Target {
  return { kind: "bound", of, quantile: 0.5, atMost: ALLOWED_MS, says: "an empty job is charged next to nothing" };
}
