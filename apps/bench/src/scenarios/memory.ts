// Memory that belongs to one worker, to one standby, and to one running job.
import type { Pool, PoolOptions } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { STAYING, withMany } from "../many-jobs.ts";
import { availableMemory, descendants, privateMemory } from "../process-memory.ts";

type Tasks = typeof import("../programs/tasks.ts");

/** Until a standby has gone through its rehearsals, and a job has come to rest. */
const REST_MS = 400;
const MANY = 100;
const HEAVY = ["typescript-js"];

export const memory: Scenario = {
  name: "memory",
  says: "private memory of what Hutch keeps and starts; what processes share with each other is counted nowhere",
  unit: "MiB",
  plot: "bars",
  rounds: { full: 4, quick: 1 },
  seconds: { full: 5, quick: 1 },
  warmUp: 0,
  async prepare({ signal }) {
    const casting = new Casting(signal);
    const nothing = async (): Promise<void> => {};
    const add = (name: string, how: string, options: PoolOptions, use: (pool: Pool<Tasks>) => Promise<void>): void =>
      casting.addMeter(name, how, async () => ({ value: await afterUse(options, use) }));
    add("a worker", "createPool(), its processes once it serves", { standby: false }, nothing);
    add("a standby", "createPool(), what comes with the standby", { standby: true }, nothing);
    add(
      "a worker with the TypeScript compiler",
      "createPool() with preload",
      { standby: false, preload: HEAVY },
      nothing,
    );
    add("a standby with the TypeScript compiler", "the same, its standby", { standby: true, preload: HEAVY }, nothing);
    add("a running function", 'pool.call("stay")', { standby: false }, async (pool) => {
      pool.call("stay", []).catch(ended);
    });
    add("a running command", 'pool.run(["/usr/bin/sleep", "60"])', { standby: false }, async (pool) => {
      pool.run(["/usr/bin/sleep", "60"]).catch(ended);
    });
    casting.addMeter(
      `one of ${MANY} running commands, of the whole machine`,
      `${MANY} × ${STAYING}, what MemAvailable has less`,
      async (endOfRun) => {
        const before = availableMemory();
        const { seen } = await withMany(MANY, availableMemory, endOfRun);
        return { value: (before - seen) / MANY };
      },
    );
    return casting.stage(null, []);
  },
};

/** The job is ended with its pool: that is no failure. */
function ended(): void {}

/** MiB of the processes of a pool that are there after `use`: those of a worker alone, or those that came on top of it. */
async function afterUse(options: PoolOptions, use: (pool: Pool<Tasks>) => Promise<void>): Promise<number> {
  const before = new Set(descendants());
  await using pool = await functionPool({ ...options });
  const started = descendants().filter((pid) => !before.has(pid));
  await use(pool);
  await Bun.sleep(REST_MS);
  const now = descendants().filter((pid) => !before.has(pid));
  const fresh = now.filter((pid) => !started.includes(pid));
  return (fresh.length > 0 ? fresh : now).reduce((sum, pid) => sum + privateMemory(pid), 0);
}
