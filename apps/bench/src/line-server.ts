// A program that is started once and then answers a line with a line. It ends when its stdin does, so also when we are killed.
import type { Subprocess } from "bun";

const ANSWER_MS = 20_000;
/** To tidy up, after its stdin has ended. */
const END_MS = 5000;

export class LineServer implements AsyncDisposable {
  readonly #child: Subprocess<"pipe", "pipe", "pipe">;
  readonly #lines: AsyncGenerator<string>;
  readonly #name: string;
  #introduction = "";

  /**
   * @param env over our own environment
   * @throws Error with what the program said when its first line does not begin with "ready"
   */
  static async start(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<LineServer> {
    const server = new LineServer(command, env);
    try {
      const first = await server.#next();
      const [word = "", introduction = ""] = first.split(/ (.*)/s);
      if (word !== "ready") throw new Error(`Cannot use ${server.#name}: expected "ready", it said "${first}"`);
      server.#introduction = introduction;
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    this.#name = command.find((word) => word.includes("/") && word !== process.execPath) ?? command.join(" ");
    // A session of its own: Ctrl-C in our terminal is for us, and we end it.
    this.#child = Bun.spawn([...command], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
      env: { ...process.env, ...env },
    });
    this.#lines = linesOf(this.#child.stdout);
  }

  /** What it said beside "ready". */
  get introduction(): string {
    return this.#introduction;
  }

  /** @throws Error when it answers "error …", ends, or is silent for 20 seconds */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    await this.#child.stdin.flush();
    const answer = await this.#next();
    if (answer.startsWith("error ")) throw new Error(answer.slice("error ".length));
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    await this.#child.exited;
    clearTimeout(timer);
  }

  async #next(): Promise<string> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), ANSWER_MS);
    try {
      const { value, done } = await this.#lines.next();
      if (done !== true) return value;
      const said = lastWords(await new Response(this.#child.stderr).text());
      throw new Error(`${this.#name} ended${said === "" ? "" : `: ${said}`}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Of a program that died by an error: its message, without where in the runtime it was thrown. */
function lastWords(said: string): string {
  const message = said.split("\n").find((line) => /^(?:error|\w*Error)\b.*: /.test(line));
  return (message ?? said).trim().slice(0, 300);
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
