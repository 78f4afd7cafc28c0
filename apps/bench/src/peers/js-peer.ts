// A peer that is a library: a program of ours uses it, in Bun or in Node.js, and is started once.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Turn } from "../contender.ts";
import { LineServer } from "../line-server.ts";
import { readJson } from "../read-json.ts";
import { commandLine } from "../spawn.ts";
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
  /** What it is without that a job of ours has. */
  readonly without: string;
  /** The way there and back counts too. */
  readonly timedHere?: true;
}

export class JsPeerServer implements AsyncDisposable {
  readonly #server: LineServer;
  readonly #disposal: AsyncDisposableStack;
  /** The command line of its process, what that does in each turn, and what that runs. */
  readonly how: string;

  private constructor(server: LineServer, disposal: AsyncDisposableStack, how: string) {
    this.#server = server;
    this.#disposal = disposal;
    this.how = how;
  }

  /** @throws Error that says what is missing, and how to get it */
  static async start(peer: JsPeer, peers: string): Promise<JsPeerServer> {
    const { program, runtime, package: name } = peer;
    const version = name === null ? "" : `${name} ${installedVersion(peers, name)}: `;
    const path = runtime === "bun" ? process.execPath : need("node", debian("nodejs"));
    const file = fileURLToPath(import.meta.resolve(`./programs/${program}.mjs`));
    await using disposal = new AsyncDisposableStack();
    // What a library leaves in it goes with it.
    const folder = disposal.use(temporaryFolder());
    const command = [path, file, peers];
    const server = disposal.use(await LineServer.start(command, { TMPDIR: folder.path }));
    const runs = server.introduction === "" ? "" : `, which is: ${server.introduction}`;
    const how = `${commandLine(command)}  # ${version}${peer.how}${runs}  (without ${peer.without})`;
    return new JsPeerServer(server, disposal.move(), how);
  }

  async turn(line = ""): Promise<Turn> {
    return { value: Number(await this.#server.ask(line)) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal.disposeAsync();
  }
}

/** @throws Error that says how to get it */
function installedVersion(peers: string, name: string): string {
  const file = join(peers, "node_modules", name, "package.json");
  if (!existsSync(file)) throw new Error(notInstalled(peers));
  const read: unknown = readJson(file);
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "";
}

/** How to get what comes from npm. */
export function notInstalled(peers: string): string {
  return `not installed in "${peers}"; run: sh ${fileURLToPath(import.meta.resolve("../../install-peers.sh"))} ${peers}`;
}
