// How long one function call in a process of its own takes, against starting Bun for it without any sandbox.
import { fileURLToPath } from "node:url";
import { createPool } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario, Target } from "../contender.ts";
import { spawnWithPipes } from "../spawn.ts";

const COLD = "bun add.ts, no sandbox";
const COLD_HEAVY = "bun compiler-version.ts, no sandbox";
const COLD_WORK = "bun transpile-line.ts, no sandbox";
const WARM = "pool.call add()";
const WARM_HEAVY = "pool.call compilerVersion(), preloaded";
const WARM_WORK = "pool.call transpileLine(), preloaded";

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: WARM,
    to: COLD,
    atMost: 1 / 3,
    says: "a warm function in the full sandbox, to a cold Bun without one",
  },
  {
    kind: "ratio",
    of: WARM_HEAVY,
    to: COLD_HEAVY,
    atMost: 1 / 30,
    says: "the same where the module imports the TypeScript compiler, preloaded",
  },
];

export const functionLatency: Scenario = {
  name: "function-latency",
  says: "a function in a fresh process: from the call to its value",
  rounds: { full: 60, quick: 12 },
  async prepare() {
    const casting = new Casting();
    for (const [name, program] of [
      [COLD, import.meta.resolve("../programs/add.ts")],
      [COLD_HEAVY, import.meta.resolve("../programs/compiler-version.ts")],
      [COLD_WORK, import.meta.resolve("../programs/transpile-line.ts")],
    ] as const) {
      casting.add(name, name.split(",")[0] ?? name, () => spawnWithPipes([process.execPath, fileURLToPath(program)]));
    }
    const module = import.meta.resolve("../programs/tasks.ts");
    await casting.addWith(
      [WARM],
      () => createPool<typeof import("../programs/tasks.ts")>({ module }),
      (pool) => {
        casting.add(WARM, started("add", pool), async () => expect(await pool.call("add", [19, 23]), 42));
      },
    );
    await casting.addWith(
      [WARM_HEAVY, WARM_WORK],
      () => createPool<typeof import("../programs/tasks.ts")>({ module, preload: ["typescript-js"] }),
      (pool) => {
        casting.add(
          WARM_HEAVY,
          started("compilerVersion", pool),
          async () => void (await pool.call("compilerVersion", [])),
        );
        casting.add(WARM_WORK, started("transpileLine", pool), async () => void (await pool.call("transpileLine", [])));
      },
    );
    return {
      contenders: casting.contenders,
      absent: casting.absent,
      targets: TARGETS,
      baseline: COLD,
      [Symbol.asyncDispose]: () => casting[Symbol.asyncDispose](),
    };
  },
};

function started(name: string, pool: { readonly start: "warm" | "cold"; readonly startWhy: string }): string {
  return `pool.call("${name}"), ${pool.start} start${pool.startWhy === "" ? "" : `: ${pool.startWhy}`}`;
}

function expect(value: unknown, wanted: unknown): void {
  if (value !== wanted) throw new Error(`Cannot use the answer ${String(value)}: expected ${String(wanted)}`);
}
