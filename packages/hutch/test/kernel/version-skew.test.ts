// Bun and Hutch are replaced on disk under a program that runs: its workers stay what they were, and one of another version is
// refused. The installation is a copy of the test's own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HUTCH_VERSION } from "@hutch/core";
import { descendantsOf, processesWith } from "./processes.ts";
import { until } from "./until.ts";

const packages = join(import.meta.dir, "../../..");
const EXPORTS = { ".": "./index.js", "./main": "./main.js", "./job": "./job.js" };

let built: string;

/** One file each, as in a release. */
async function bundle(entry: string, into: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: [entry],
    target: "bun",
    conditions: ["hutch-source"],
    external: ["@hutch/worker"],
  });
  writeFileSync(into, await (result.outputs[0] as Bun.BuildArtifact).text());
}

class Installation implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "hutch-installed-"));
  readonly bun: string = join(this.folder, "bin/bun");
  readonly worker: string = join(this.folder, "node_modules/@hutch/worker");
  /** Where the program keeps what is temporary. */
  readonly temporary: string = join(this.folder, "tmp");

  constructor() {
    chmodSync(this.folder, 0o755);
    for (const path of ["bin", "tmp", "app", "node_modules/hutch", "node_modules/@hutch/worker"])
      mkdirSync(join(this.folder, path), { recursive: true });
    copyFileSync(process.execPath, this.bun);
    copyFileSync(join(built, "hutch.js"), join(this.folder, "node_modules/hutch/index.js"));
    for (const program of ["main.js", "job.js"]) copyFileSync(join(built, program), join(this.worker, program));
    for (const path of [join(this.folder, "node_modules/hutch"), this.worker])
      writeFileSync(join(path, "package.json"), JSON.stringify({ name: "x", type: "module", exports: EXPORTS }));
    copyFileSync(join(import.meta.dir, "hosts/runs-installed.ts"), join(this.folder, "program.ts"));
    copyFileSync(join(import.meta.dir, "jobs/tasks.ts"), join(this.folder, "app/tasks.ts"));
  }

  /** As an upgrade does it: a new file under the old name. */
  replace(path: string, content: string | Uint8Array): void {
    writeFileSync(`${path}.new`, content, { mode: 0o755 });
    renameSync(`${path}.new`, path);
  }

  replaceWorker(change: (text: string) => string): void {
    for (const program of ["main.js", "job.js"]) {
      const path = join(this.worker, program);
      this.replace(path, change(readFileSync(path, "utf8")));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The user's program, told what to do line by line. */
class Program implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;

  constructor({ folder, bun, temporary }: Installation, backend: string) {
    this.#child = Bun.spawn([bun, join(folder, "program.ts"), join(folder, "app/tasks.ts"), backend], {
      cwd: folder,
      env: { ...process.env, TMPDIR: temporary },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#lines = linesOf(this.#child.stdout);
  }

  async tell(order: string): Promise<string> {
    this.#child.stdin.write(`${order}\n`);
    this.#child.stdin.flush();
    const { value } = await this.#lines.next();
    return value ?? "nothing more";
  }

  async killWorker(): Promise<void> {
    const worker = (): number | undefined =>
      processesWith("worker.js").find((pid) => descendantsOf(this.#child.pid).includes(pid));
    const old = worker();
    if (old === undefined) throw new Error("there is no worker");
    process.kill(old, "SIGKILL");
    await until(() => worker() !== old);
  }

  /** A call that comes before the host has noticed the death is honestly one of a dead worker's. */
  async callAfterDeath(): Promise<string> {
    const told = await this.tell("call");
    return told.includes("worker-died") ? await this.tell("call") : told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
  }

  async close(): Promise<void> {
    expect(await this.tell("close")).toBe("closed");
    this.#child.stdin.end();
    expect(await this.#child.exited).toBe(0);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "hutch-built-"));
  await bundle(join(packages, "hutch/src/index.ts"), join(built, "hutch.js"));
  await bundle(join(packages, "worker/src/main.ts"), join(built, "main.js"));
  await bundle(join(packages, "worker/src/job.ts"), join(built, "job.js"));
});
afterAll(() => rmSync(built, { recursive: true }));

describe.each(["linux-clone", "posix-fork"])("Bun and Hutch replaced under a pool, on %s", (backend) => {
  test("running and new workers are what the program started from, and nothing of it is left", async () => {
    using installed = new Installation();
    await using program = new Program(installed, backend);
    expect(await program.tell("start")).toStartWith("started");
    expect(await program.tell("call")).toBe("42");
    installed.replace(installed.bun, "#!/bin/sh\nexit 99\n");
    installed.replaceWorker(() => "throw new Error('this is the new one');");
    expect(await program.tell("call")).toBe("42");
    await program.killWorker();
    expect(await program.callAfterDeath()).toBe("42");
    rmSync(installed.worker, { recursive: true });
    rmSync(installed.bun);
    await program.killWorker();
    expect(await program.callAfterDeath()).toBe("42");
    await program.close();
    expect(readdirSync(installed.temporary)).toEqual([]);
  }, 120_000);

  test("a worker of another version is refused, and the error says which is which", async () => {
    using installed = new Installation();
    await using program = new Program(installed, backend);
    installed.replaceWorker((text) =>
      text.replaceAll(`HUTCH_VERSION = "${HUTCH_VERSION}"`, 'HUTCH_VERSION = "99.1.2"'),
    );
    expect(await program.tell("start")).toBe(
      `VERSION_MISMATCH: Cannot use the worker: the worker is Hutch 99.1.2, the host ${HUTCH_VERSION}`,
    );
    await program.close();
  }, 120_000);
});
