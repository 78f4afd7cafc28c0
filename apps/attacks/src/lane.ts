// One of the processes that attack: a host of its own, with a stage of its own, that runs the scenarios which it is sent.
// The secret comes in three ways: in the environment, as an argument, and in memory.
import { createPool, probe } from "hutch";
import type { FromLane, ToLane } from "./messages.ts";
import { findGrowth, lookAtSupervisor } from "./oracles/supervisor.ts";
import { Pools } from "./pools.ts";
import { descendantsOf } from "./processes.ts";
import { runScenario } from "./run-scenario.ts";
import { SCENARIOS } from "./scenario-list.ts";
import { settle } from "./settle.ts";
import { openStage } from "./stage.ts";

/** What the runtime opens for itself while it works. */
const MOST_AT_THE_END = 12;

export async function serveLane(secret: string, programs: string): Promise<void> {
  const send = (message: FromLane): void => void process.send?.(message);
  const before = lookAtSupervisor();
  await serve(secret, programs, send);
  // Nobody hears what was found.
  if (!process.connected) process.exit(1);
  const left = await settle(() =>
    descendantsOf(process.pid).map(({ pid }) => `process ${pid} is left when all pools are closed`),
  );
  // Whatever small thing each attack left would add up to more than this by now.
  const grown = await settle(() => findGrowth(before, MOST_AT_THE_END));
  send({ kind: "closed", problems: [...left, ...grown] });
  process.disconnect?.();
}

async function serve(secret: string, programs: string, send: (message: FromLane) => void): Promise<void> {
  await using pools = new Pools();
  await using stage = await openStage(programs, secret);
  const place = {
    stage,
    pools,
    counted: !probe().cgroups.startsWith("none"),
    root: process.geteuid?.() === 0,
    noPlain: await whyNoPlain(stage.folder),
  };
  const { promise: over, resolve: end, reject: fail } = Promise.withResolvers<void>();
  process.on("message", (message: ToLane) => {
    if (message.kind === "end") return end();
    const { name, unbuilt } = message;
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (scenario === undefined) return fail(new Error(`Cannot run "${name}": there is no such scenario`));
    runScenario(scenario, { ...place, unbuilt }).then((results) => send({ kind: "ran", name, results }), fail);
  });
  // The main process is gone, or everybody is told to end: what this one made of the host's, processes and a segment of
  // System V, ends with the block.
  for (const event of ["disconnect", "SIGTERM", "SIGINT", "SIGHUP"]) process.once(event, end);
  send({ kind: "ready" });
  await over;
}

/** Jobs of posix-fork run from the files of the host, which their user may not be able to read. */
async function whyNoPlain(folder: string): Promise<string | null> {
  try {
    const module = `${folder}/programs/functions/attack.ts`;
    await using _pool = await createPool({ module, policy: { backend: "posix-fork" } });
    return null;
  } catch (error) {
    if (error instanceof TypeError) return `posix-fork cannot be tried: ${error.message}`;
    throw error;
  }
}
