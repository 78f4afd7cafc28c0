import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { functionPool } from "../function-pool.ts";
import { addJsPeers, FUNCTION_PEERS, ROUND_TRIP } from "../peers/js-peers.ts";
import { Workerd } from "../peers/workerd.ts";
import { programPath } from "../program-path.ts";
import { commandLine, spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const WAITING = "pool.call add(), a standby waits";
const ON_DEMAND = "pool.call add(), on demand";
const WORKERD = "workerd, new isolate for each request";

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: WAITING,
    to: ROUND_TRIP,
    atMost: 2,
    says: "a call into a fresh sandbox, to a line to a warm process",
  },
  {
    kind: "ratio",
    of: ON_DEMAND,
    to: "Bun new Worker",
    atMost: 1 / 1.4,
    says: "a process of its own, to a thread of its own",
  },
  { kind: "ratio", of: ON_DEMAND, to: WORKERD, atMost: 1 / 3.4, says: "the same, to workerd" },
];

export const functionPeers: Scenario = {
  name: "function-peers",
  says: "19 + 23 by what runs the code of others: from the call to its value; threads and isolates share a process with it",
  unit: "ms",
  plot: "spread",
  rounds: { full: 60, quick: 10 },
  seconds: { full: 10, quick: 1.5 },
  warmUp: 2,
  async prepare({ peers, signal }) {
    const casting = new Casting(signal);
    for (const [name, standby] of [
      [WAITING, true],
      [ON_DEMAND, false],
    ] as const) {
      await casting.addWith(
        [name],
        () => functionPool({ standby }),
        (pool) =>
          casting.add(
            name,
            `pool.call("add"), standby: ${standby}`,
            async () => void (await pool.call("add", [19, 23])),
          ),
      );
    }
    await addJsPeers(casting, FUNCTION_PEERS, peers);
    await casting.addWith(
      [WORKERD],
      () => Workerd.start(peers),
      (workerd) => casting.add(WORKERD, workerd.how, () => workerd.call()),
    );
    for (const [runtime, program] of [
      ["bun", "add.ts"],
      ["node", "add.js"],
      ["python3", "add.py"],
    ] as const) {
      const name = `${runtime} ${program}, no sandbox`;
      const path = runtimePath(runtime);
      if (path === null) casting.addAbsent({ name, why: `${runtime} is not in PATH` });
      else
        casting.add(name, commandLine([path, programPath(program)]), () =>
          spawnWithPipes([path, programPath(program)]),
        );
    }
    return casting.stage(WAITING, TARGETS);
  },
};

/** What a version manager puts into PATH is a script that looks for the program: it says itself where that is. */
function runtimePath(runtime: "bun" | "node" | "python3"): string | null {
  if (runtime === "bun") return process.execPath;
  const found = Bun.which(runtime);
  if (found === null || runtime === "node") return found;
  const { stdout } = Bun.spawnSync([found, "-c", "import sys; print(sys.executable)"], { stderr: "ignore" });
  return stdout.toString().trim() || found;
}
