// Every sandbox for commands that the bench knows how to start.
import type { Casting } from "../casting.ts";
import { commandLine, spawnWithPipes } from "../spawn.ts";
import { bubblewrap } from "./bubblewrap.ts";
import { crun, nspawn, runc } from "./containers.ts";
import type { Peer } from "./peer.ts";
import { firejail, isolate, minijail, nsjail, systemdRun, unshare } from "./small-tools.ts";

export const COMMAND_PEERS: readonly Peer[] = [
  bubblewrap,
  unshare,
  crun,
  runc,
  nsjail,
  minijail,
  isolate,
  firejail,
  nspawn,
  systemdRun,
];

/** What the machine does not have is absent, and so is what does not work on it. */
export async function addPeers(casting: Casting, peers: readonly Peer[], program: string): Promise<void> {
  for (const peer of peers) {
    await casting.addWith(
      [peer.name],
      async () => {
        const sandbox = peer.start(program);
        try {
          await spawnWithPipes(sandbox.command, sandbox.extra);
          return sandbox;
        } catch (error) {
          sandbox[Symbol.dispose]();
          throw error;
        }
      },
      ({ command, extra }) => {
        const line = commandLine(command) + (extra === undefined ? "" : " 3<FILTER");
        const how = peer.without === "" ? line : `${line}  (without ${peer.without})`;
        casting.add(peer.name, how, () => spawnWithPipes(command, extra));
      },
    );
  }
}
