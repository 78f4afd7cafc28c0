// A peer that is a library: a program of ours uses it, in Bun or in Node.js, and is started once.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Turn } from "../contender.ts";
import { LineServer } from "../line-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { debian, need } from "./peer.ts";

export interface JsPeer {
  readonly name: string;
  /** The program of ours: its file in programs/. */
  readonly program: string;
  readonly runtime: "bun" | "node";
  /** What it has to be installed as; null for what the runtime itself has. */
  readonly package: string | null;
  readonly how: string;
  /** The way there and back counts too. */
  readonly timedHere?: true;
}

export class JsPeerServer implements AsyncDisposable {
  readonly #server: LineServer;
  readonly #disposal: AsyncDisposableStack;

  private constructor(server: LineServer, disposal: AsyncDisposableStack) {
    this.#server = server;
    this.#disposal = disposal;
  }

  /** @throws Error that says what is missing, and how to get it */
  static async start({ program, runtime, package: name }: JsPeer, peers: string): Promise<JsPeerServer> {
    if (name !== null && !existsSync(join(peers, "node_modules", name))) throw new Error(notInstalled(peers));
    const path = runtime === "bun" ? process.execPath : need("node", debian("nodejs"));
    const file = fileURLToPath(import.meta.resolve(`./programs/${program}.mjs`));
    await using disposal = new AsyncDisposableStack();
    // What a library leaves in it goes with it.
    const folder = disposal.use(temporaryFolder());
    const server = disposal.use(await LineServer.start([path, file, peers], { TMPDIR: folder.path }));
    return new JsPeerServer(server, disposal.move());
  }

  async turn(line = ""): Promise<Turn> {
    return { value: Number(await this.#server.ask(line)) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal.disposeAsync();
  }
}

/** How to get what comes from npm. */
export function notInstalled(peers: string): string {
  return `not installed in "${peers}"; run: sh ${fileURLToPath(import.meta.resolve("../../install-peers.sh"))} ${peers}`;
}
