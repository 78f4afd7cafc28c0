// What others take for one command in a sandbox, beside ours.
import { createPool, run } from "hutch";
import { Casting } from "../casting.ts";
import type { Scenario } from "../contender.ts";
import { addPeers, COMMAND_PEERS } from "../peers/command-peers.ts";
import { addJsPeers, SPAWN_PEERS } from "../peers/js-peers.ts";
import { spawnWithPipes } from "../spawn.ts";
import type { Target } from "../target.ts";

const PROGRAM = "/usr/bin/true";
const POOLED = "pool.run()";
const SRT = "@anthropic-ai/sandbox-runtime, in Bun";

const TARGETS: readonly Target[] = [
  {
    kind: "ratio",
    of: POOLED,
    to: SRT,
    atMost: 0.1,
    says: "at least ten times faster per command than @anthropic-ai/sandbox-runtime, as a library",
  },
];

export const commandPeers: Scenario = {
  name: "command-peers",
  says: `${PROGRAM} in the sandboxes of others, with the isolation that is nearest to ours: from the start to its output and end`,
  unit: "ms",
  plot: "spread",
  rounds: { full: 60, quick: 10 },
  seconds: { full: 12, quick: 2 },
  warmUp: 2,
  async prepare({ peers, signal }) {
    const casting = new Casting(signal);
    await casting.addWith(
      [POOLED],
      () => createPool(),
      (pool) => {
        casting.add(POOLED, `pool.run(["${PROGRAM}"])`, async () => void (await pool.run([PROGRAM])).orThrow());
      },
    );
    casting.add("run()", `run(["${PROGRAM}"])`, async () => void (await run([PROGRAM])).orThrow());
    casting.add("Bun.spawn, no sandbox", `Bun.spawn(["${PROGRAM}"])`, () => spawnWithPipes([PROGRAM]));
    await addPeers(casting, COMMAND_PEERS, PROGRAM);
    await addJsPeers(casting, SPAWN_PEERS, peers, PROGRAM);
    return casting.stage(POOLED, TARGETS);
  },
};
