// The libraries and runtimes that TypeScript users take for code of others.
import type { Casting } from "../casting.ts";
import { type JsPeer, JsPeerServer } from "./js-peer.ts";

const bun = { runtime: "bun" } as const;
const node = { runtime: "node" } as const;

/** What no call into another process can undercut. */
export const ROUND_TRIP = "a warm Bun process, one line each way";

/** One call of a function that adds two numbers. */
export const FUNCTION_PEERS: readonly JsPeer[] = [
  {
    ...bun,
    name: ROUND_TRIP,
    program: "echo",
    package: null,
    how: "a line there and a line back, no sandbox",
    without: "any sandbox, and a process of its own for each",
    timedHere: true,
  },
  {
    ...bun,
    name: "Bun new Worker",
    program: "new-web-worker",
    package: null,
    how: "new Worker, first message, terminate()",
    without: "a process of its own, a root, a filter, limits, accounting",
  },
  {
    ...node,
    name: "node new Worker",
    program: "new-worker",
    package: null,
    how: "new Worker, first message, terminate()",
    without: "a process of its own, a root, a filter, limits, accounting",
  },
  {
    ...bun,
    name: "tinypool isolateWorkers, Bun",
    program: "tinypool",
    package: "tinypool",
    how: "new Tinypool({ isolateWorkers: true }), pool.run()",
    without: "a process of its own, a root, a filter, limits, accounting",
  },
  {
    ...bun,
    name: "piscina, a warm thread, Bun",
    program: "piscina",
    package: "piscina",
    how: "new Piscina(), pool.run()",
    without: "any isolation between calls",
  },
  {
    ...node,
    name: "isolated-vm, new isolate",
    program: "isolated-vm",
    package: "isolated-vm",
    how: "new Isolate(), createContext(), eval(), dispose()",
    without: "a process of its own, a filter, a limit of CPU time; it has one of memory",
  },
  {
    ...bun,
    name: "quickjs-emscripten, new context, Bun",
    program: "quickjs",
    package: "quickjs-emscripten",
    how: "newContext(), evalCode(), dispose()",
    without: "a process of its own, a filter, limits, accounting",
  },
];

/** One command. The line that they get is its path. */
export const SPAWN_PEERS: readonly JsPeer[] = [
  {
    ...node,
    name: "node child_process.spawn",
    program: "spawn",
    package: null,
    how: "spawn(), no sandbox",
    without: "any sandbox",
  },
  {
    ...bun,
    name: "@anthropic-ai/sandbox-runtime, in Bun",
    program: "sandbox-runtime",
    package: "@anthropic-ai/sandbox-runtime",
    how: "SandboxManager.wrapWithSandbox(), then spawn() with a shell",
    without: "a root of its own, ipc, uts and cgroup namespaces, landlock, limits, accounting",
  },
];

export async function addJsPeers(
  casting: Casting,
  list: readonly JsPeer[],
  peers: string,
  line?: string,
): Promise<void> {
  for (const peer of list) {
    await casting.addWith(
      [peer.name],
      async () => {
        await using disposal = new AsyncDisposableStack();
        const server = disposal.use(await JsPeerServer.start(peer, peers));
        await server.turn(line);
        disposal.move();
        return server;
      },
      (server) => {
        if (peer.timedHere === true) casting.add(peer.name, server.how, async () => void (await server.turn(line)));
        else casting.addMeter(peer.name, server.how, () => server.turn(line));
      },
    );
  }
}
