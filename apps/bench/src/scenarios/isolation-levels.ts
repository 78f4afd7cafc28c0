// What a user can leave out of a sandbox, and what it costs with it, for every way of starting a job. With the phases of each.
import { createPool, type Policy, type PoolOptions, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Contender, Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { phaseParts } from "../phase-parts.ts";
import { programPath } from "../program-path.ts";

const COMMAND = ["/usr/bin/true"];
const PROGRAM = "/programs/add.ts";

/** The order of the table: what differs in one level stands together. */
const WAYS = [
  "run(),",
  "pool.run(), standby",
  "pool.run(), on demand",
  "pool.call(), standby",
  "pool.call(), on demand",
  "run() of a cold bun",
];

/** Each with everything before it, but for the first. What else a job has cannot be turned off: floor-levels has it by itself. */
const LEVELS: readonly (readonly [name: string, policy: Partial<Policy>])[] = [
  ["plain fork", { backend: "posix-fork" }],
  ["all but network and filter", { network: "host", syscalls: "off" }],
  ["+ network", { syscalls: "off" }],
  ["+ filter: the default", {}],
];

export const isolationLevels: Scenario = {
  name: "isolation-levels",
  says: "one job at each level of isolation that a policy can choose, by every way of starting one",
  unit: "ms",
  plot: "bars",
  rounds: { full: 60, quick: 8 },
  seconds: { full: 10, quick: 1.5 },
  warmUp: 3,
  async prepare({ signal }) {
    const casting = new Casting(signal);
    for (const [level, policy] of LEVELS) {
      casting.add(`run(), ${level}`, "run(), exec start", async () =>
        phaseParts((await run(COMMAND, { policy })).orThrow().report),
      );
      for (const standby of [true, false]) await addPools(casting, level, { policy, standby });
      casting.add(`run() of a cold bun, ${level}`, "run([bun, add.ts])", async () =>
        phaseParts((await run([process.execPath, program(policy)], { policy: shown(policy) })).orThrow().report),
      );
    }
    const stage = casting.stage(`run(), ${LEVELS[0]?.[0]}`, []);
    const way = ({ name }: Contender): number => WAYS.findIndex((start) => name.startsWith(start));
    return { ...stage, contenders: stage.contenders.toSorted((a, b) => way(a) - way(b)) };
  },
};

async function addPools(casting: Casting, level: string, options: PoolOptions): Promise<void> {
  const way = options.standby === true ? "standby" : "on demand";
  const how = `createPool(${JSON.stringify(options)})`;
  const command = `pool.run(), ${way}, ${level}`;
  await casting.addWith(
    [command],
    () => createPool(options),
    (pool) => casting.add(command, `${how}.run()`, async () => phaseParts((await pool.run(COMMAND)).orThrow().report)),
  );
  const call = `pool.call(), ${way}, ${level}`;
  await casting.addWith(
    [call],
    () => functionPool(options),
    (pool) =>
      casting.add(call, `${how}.execute("add"), ${pool.start} start`, async () => {
        const outcome = await pool.execute("add", [19, 23]);
        if (!outcome.ok) throw new Error(outcome.verdict.reason);
        return phaseParts(outcome.report);
      }),
  );
}

function program({ backend }: Partial<Policy>): string {
  return backend === "posix-fork" ? programPath("add.ts") : PROGRAM;
}

/** A plain fork sees the host's files where they are. */
function shown(policy: Partial<Policy>): Partial<Policy> {
  if (policy.backend === "posix-fork") return policy;
  return {
    ...policy,
    files: [
      { kind: "read-only", source: process.execPath, path: process.execPath },
      { kind: "read-only", source: programPath("add.ts"), path: PROGRAM },
    ],
  };
}
