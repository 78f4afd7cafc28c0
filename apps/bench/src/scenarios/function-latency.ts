// How long one function call in a process of its own takes, against starting Bun for it without any sandbox.
import { fileURLToPath } from "node:url";
import type { Outcome } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { phaseParts } from "../phase-parts.ts";
import { spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const COLD = "bun add.ts, no sandbox";
const COLD_HEAVY = "bun compiler-version.ts, no sandbox";
const COLD_WORK = "bun transpile-line.ts, no sandbox";
const WAITING = "pool.call add(), a standby waits";
const ON_DEMAND = "pool.call add(), on demand";
const WAITING_HEAVY = "pool.call compilerVersion(), preloaded, a standby waits";
const ON_DEMAND_HEAVY = "pool.call compilerVersion(), preloaded, on demand";
const WAITING_WORK = "pool.call transpileLine(), preloaded, a standby waits";

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: ON_DEMAND,
    to: COLD,
    atMost: 1 / 3,
    says: "a warm function in the full sandbox, started on demand, to a cold Bun without one",
  },
  {
    kind: "ratio",
    of: ON_DEMAND_HEAVY,
    to: COLD_HEAVY,
    atMost: 1 / 30,
    says: "the same where the module imports the TypeScript compiler, preloaded",
  },
  {
    kind: "ratio",
    of: WAITING,
    to: COLD,
    atMost: 1 / 15,
    says: "a warm function in the full sandbox from a standby, to a cold Bun without one",
  },
];

export const functionLatency: Scenario = {
  name: "function-latency",
  says: "a function in a fresh process: from the call to its value",
  unit: "ms",
  plot: "spread",
  rounds: { full: 60, quick: 12 },
  seconds: { full: 14, quick: 2.5 },
  async prepare({ signal }) {
    const casting = new Casting(signal);
    for (const [name, program] of [
      [COLD, import.meta.resolve("../programs/add.ts")],
      [COLD_HEAVY, import.meta.resolve("../programs/compiler-version.ts")],
      [COLD_WORK, import.meta.resolve("../programs/transpile-line.ts")],
    ] as const) {
      casting.add(name, name.split(",")[0] ?? name, () => spawnWithPipes([process.execPath, fileURLToPath(program)]));
    }
    const _module = import.meta.resolve("../programs/tasks.ts");
    for (const [name, standby] of [
      [WAITING, true],
      [ON_DEMAND, false],
    ] as const) {
      await casting.addWith(
        [name],
        () => functionPool({ standby }),
        (pool) => {
          casting.add(name, started("add", pool), () => callOf(pool.execute("add", [19, 23]), 42));
        },
      );
    }
    for (const [names, standby] of [
      [[WAITING_HEAVY, WAITING_WORK], true],
      [[ON_DEMAND_HEAVY], false],
    ] as const) {
      await casting.addWith(
        names,
        () => functionPool({ preload: ["typescript-js"], standby }),
        (pool) => {
          const [heavy, work] = names;
          casting.add(heavy, started("compilerVersion", pool), () => callOf(pool.execute("compilerVersion", [])));
          if (work !== undefined)
            casting.add(work, started("transpileLine", pool), () => callOf(pool.execute("transpileLine", [])));
        },
      );
    }
    return casting.stage(COLD, TARGETS);
  },
};

function started(name: string, pool: { readonly start: "warm" | "cold"; readonly startWhy: string }): string {
  return `pool.call("${name}"), ${pool.start} start${pool.startWhy === "" ? "" : `: ${pool.startWhy}`}`;
}

/** @param wanted what the value has to be; nothing in particular unless given */
async function callOf(call: Promise<Outcome<unknown>>, wanted?: unknown): Promise<ReturnType<typeof phaseParts>> {
  const outcome = await call;
  if (!outcome.ok) throw new Error(outcome.verdict.reason);
  if (wanted !== undefined && outcome.value !== wanted)
    throw new Error(`Cannot use the answer ${String(outcome.value)}: expected ${String(wanted)}`);
  return phaseParts(outcome.report);
}
