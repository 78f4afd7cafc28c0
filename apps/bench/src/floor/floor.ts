// The floor of every comparison: the C server that clones, walks the steps, executes and waits, and nothing else.
import { LineServer } from "../line-server.ts";
import { compile } from "./compile.ts";

/** One letter each, see floor.c. */
const FLOOR_STEPS = {
  fork: "f",
  user: "u",
  pid: "p",
  init: "i",
  others: "o",
  mount: "m",
  net: "n",
  seccomp: "s",
  landlock: "l",
  cgroup: "g",
} as const;
export type FloorStep = keyof typeof FLOOR_STEPS;

export const FULL_SANDBOX: readonly FloorStep[] = [
  "user",
  "pid",
  "init",
  "others",
  "mount",
  "net",
  "seccomp",
  "landlock",
];

export class Floor implements AsyncDisposable {
  readonly #server: LineServer;
  readonly #disposal: AsyncDisposableStack;

  private constructor(server: LineServer, disposal: AsyncDisposableStack) {
    this.#server = server;
    this.#disposal = disposal;
  }

  /**
   * @param kind `fresh`: everything is built for each clone. `resident`: the server is in an empty network, a root and a filter already
   * @param cgroups folders in which each clone with the step `cgroup` gets one of its own
   * @param program that a resident server sees as /program; "-": none
   * @throws Error where there is no compiler, or this user may not make such clones
   */
  static async start(kind: "fresh" | "resident", cgroups: readonly string[] = [], program = "-"): Promise<Floor> {
    await using disposal = new AsyncDisposableStack();
    const source = disposal.use(compile(import.meta.resolve("./floor.c")));
    const server = disposal.use(await LineServer.start([source.path, kind, program, ...cgroups]));
    return new Floor(server, disposal.move());
  }

  /** Milliseconds from the clone until the program was waited for. @throws Error that names the step that failed */
  async time(steps: readonly FloorStep[], program: string): Promise<number> {
    const letters = steps.map((step) => FLOOR_STEPS[step]).join("");
    return Number(await this.#server.ask(`${letters === "" ? "-" : letters} ${program}`)) / 1e6;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal.disposeAsync();
  }
}
