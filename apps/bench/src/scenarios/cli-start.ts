// What a user of the command line waits for: whole processes, nothing warm.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Casting } from "../casting.ts";
import type { Absent, Scenario } from "../contender.ts";
import { bubblewrap } from "../peers/bubblewrap.ts";
import { addPeers } from "../peers/command-peers.ts";
import { notInstalled } from "../peers/js-peer.ts";
import { commandLine, spawnWithoutPipes } from "../spawn.ts";
import type { Target } from "../target.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const NOTHING = "bun nothing.ts";
const CLI = "sandbox-cli run -- true";
const BARE = "true";
const SRT = "srt true";

const TARGETS: readonly Target[] = [
  {
    kind: "difference",
    of: CLI,
    to: NOTHING,
    atMost: 15,
    says: "sandbox-cli as a whole process, beyond the start of Bun itself",
  },
  {
    kind: "ratio",
    of: CLI,
    to: SRT,
    atMost: 0.1,
    says: "at least ten times faster per command than @anthropic-ai/sandbox-runtime, as a command line",
  },
];

export const cliStart: Scenario = {
  name: "cli-start",
  says: "true as a whole process: from its start to its exit",
  unit: "ms",
  plot: "spread",
  rounds: { full: 40, quick: 8 },
  seconds: { full: 8, quick: 1.5 },
  async prepare({ peers, signal }) {
    const casting = new Casting(signal);
    const nothing = fileURLToPath(import.meta.resolve("../programs/nothing.ts"));
    casting.add(NOTHING, NOTHING, () => spawnWithoutPipes([process.execPath, nothing]));
    casting.add(BARE, BARE, () => spawnWithoutPipes(["true"]));
    casting.addPeer(
      CLI,
      builtCli(),
      () => CLI,
      (command) => spawnWithoutPipes([...command, "run", "--", "true"]),
    );
    await addPeers(casting, [bubblewrap], "/usr/bin/true");
    // It leaves a socket in the folder for temporary files at each start.
    const folder = casting.own(temporaryFolder());
    casting.addPeer(SRT, sandboxRuntime(peers), commandLine, (command) =>
      spawnWithoutPipes(command, { TMPDIR: folder.path }),
    );
    return casting.stage(NOTHING, TARGETS);
  },
};

/** As it is published: one file. */
function builtCli(): readonly string[] | Absent {
  const program = join(dirname(fileURLToPath(import.meta.resolve("sandbox-cli/package.json"))), "dist", "main.js");
  return existsSync(program)
    ? [process.execPath, program]
    : { name: CLI, why: "sandbox-cli is not built; run the build task first" };
}

function sandboxRuntime(peers: string): readonly string[] | Absent {
  const program = join(peers, "node_modules", "@anthropic-ai", "sandbox-runtime", "dist", "cli.js");
  if (!existsSync(program)) return { name: SRT, why: notInstalled(peers) };
  return [process.execPath, program, "true"];
}
