// workerd with an isolate of its own for each request, by its Worker Loader.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../spawn.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { notInstalled } from "./js-peer.ts";

const PACKAGES = ["workerd-linux-64", "workerd-linux-arm64"];
const START_MS = 10_000;

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "unix:SOCKET", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js")],
  compatibilityDate = "2025-06-01",
  bindings = [(name = "loader", workerLoader = (id = "jobs"))],
);
`;

const MAIN = `const ADD = 'export default { fetch() { return new Response(String(19 + 23)); } }';
export default {
  fetch(request, env) {
    const worker = env.loader.get(crypto.randomUUID(), () => ({
      compatibilityDate: "2025-06-01", mainModule: "add.js", modules: { "add.js": ADD }, globalOutbound: null,
    }));
    return worker.getEntrypoint().fetch(request);
  },
};
`;

export class Workerd implements AsyncDisposable {
  readonly #socket: string;
  readonly #disposal: AsyncDisposableStack;
  /** Its command line, and what each request makes. */
  readonly how: string;

  private constructor(socket: string, disposal: AsyncDisposableStack, command: readonly string[]) {
    this.#socket = socket;
    this.#disposal = disposal;
    this.how = `${commandLine(command)}  # env.loader.get(crypto.randomUUID(), …), over HTTP  (without a process of its own, limits, accounting)`;
  }

  /** @throws Error that says what is missing, and how to get it */
  static async start(peers: string): Promise<Workerd> {
    const folders = PACKAGES.map((name) => join(peers, "node_modules", "@cloudflare", name, "bin", "workerd"));
    const program = folders.find((path) => existsSync(path));
    if (program === undefined) throw new Error(notInstalled(peers));
    await using disposal = new AsyncDisposableStack();
    const folder = disposal.use(temporaryFolder()).path;
    const socket = join(folder, "socket");
    writeFileSync(join(folder, "config.capnp"), CONFIG.replace("SOCKET", socket));
    writeFileSync(join(folder, "main.js"), MAIN);
    const command = [program, "serve", "--experimental", join(folder, "config.capnp")];
    const child = Bun.spawn(command, {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    disposal.defer(async () => {
      child.kill();
      await child.exited;
    });
    const endMs = performance.now() + START_MS;
    while (!existsSync(socket) && child.exitCode === null && performance.now() < endMs) await Bun.sleep(20);
    if (!existsSync(socket)) {
      child.kill();
      throw new Error(`workerd did not start: ${(await child.stderr.text()).trim().slice(0, 300)}`);
    }
    const server = new Workerd(socket, disposal.move(), command);
    await server.call();
    return server;
  }

  async call(): Promise<void> {
    const response = await fetch("http://localhost/", { unix: this.#socket });
    const text = await response.text();
    if (text !== "42") throw new Error(`the answer was ${response.status} ${text.slice(0, 200)}, expected 42`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal.disposeAsync();
  }
}
