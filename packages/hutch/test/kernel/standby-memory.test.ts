// Standbys give their memory back when it is short in a cgroup of the host's own, and come back when it is not.
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PoolStats } from "../../src/index.ts";
import { LimitedCgroup } from "./limited-cgroup.ts";

const MiB = 2 ** 20;
const LIMIT_BYTES = 768 * MiB;
/** Below a sixteenth of the limit, and enough for a job. */
const LEFT_BYTES = 28 * MiB;
const HOST = join(import.meta.dir, "hosts/keeps-standbys.ts");
const FILE = `/dev/shm/hutch-test-${process.pid}`;

interface Said {
  readonly ready?: PoolStats["standbys"];
  readonly short?: { readonly why: string; readonly letGo: number };
  readonly standbys?: PoolStats["standbys"];
  readonly enough?: PoolStats["standbys"];
  readonly made?: number;
}

async function* linesOf(stdout: ReadableStream<Uint8Array>): AsyncGenerator<Said> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stdout) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Said;
  }
}

const possible = LimitedCgroup.make(LIMIT_BYTES);
await possible?.[Symbol.asyncDispose]();
const why = possible === null ? " (this process may make no cgroup with a limit of memory)" : "";

test.skipIf(possible === null)(`standbys are let go while memory is short, and made again after it${why}`, async () => {
  await using cgroup = LimitedCgroup.make(LIMIT_BYTES) as LimitedCgroup;
  const program = [process.execPath, "--conditions=hutch-source", HOST, join(import.meta.dir, "jobs/tasks.ts")];
  const host = Bun.spawn(cgroup.argv(program), { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  try {
    const said = linesOf(host.stdout);
    const next = async (): Promise<Said> => (await said.next()).value as Said;
    const call = async (): Promise<Said> => {
      host.stdin.write("call\n");
      host.stdin.flush();
      return await next();
    };
    expect(await next()).toEqual({ ready: { waiting: 2, heldBack: null, letGo: 0 } });
    expect(await call()).toEqual({ made: 0 });
    const bytes = cgroup.leftBytes() - LEFT_BYTES;
    // Memory that nobody can take away: who wrote it has ended, and it is not swapped here.
    const filled = Bun.spawnSync(cgroup.argv(["sh", "-c", 'head -c "$0" /dev/zero > "$1"', String(bytes), FILE]));
    expect(filled.exitCode).toBe(0);
    const short = await next();
    expect(short.short?.letGo).toBe(2);
    expect(short.short?.why).toContain(cgroup.folder);
    expect(short.standbys).toEqual({ waiting: 0, heldBack: short.short?.why ?? "", letGo: 2 });
    expect(await call()).toEqual({ made: 5 });
    rmSync(FILE);
    expect(await next()).toEqual({ enough: { waiting: 2, heldBack: null, letGo: 2 } });
    expect(await call()).toEqual({ made: 0 });
  } finally {
    rmSync(FILE, { force: true });
    host.stdin.end();
    await host.exited;
  }
});
