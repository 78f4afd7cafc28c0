import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPool } from "../../src/index.ts";
import { ableToSupervise, missing } from "./able-to-supervise.ts";
import { cgroupFoldersOf } from "./cgroup-folders.ts";
import type * as tasks from "./jobs/tasks.ts";
import { commandLine, descendantsOf, endOf, processesWith } from "./processes.ts";
import { until } from "./until.ts";

const module = join(import.meta.dir, "jobs/tasks.ts");

function startHost(program: string, openFiles = 1024): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const argv = [process.execPath, "--conditions=hutch-source", join(import.meta.dir, "hosts", program)];
  return Bun.spawn(["/bin/sh", "-c", `ulimit -n ${openFiles}; exec "$@"`, "sh", ...argv], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await stream.getReader().read();
  return new TextDecoder().decode(value).trim();
}

describe("when the host is killed", () => {
  test.each(["runs-a-command.ts", "runs-a-pool.ts"])(
    "%s: every process of its jobs and workers ends",
    async (program) => {
      const host = startHost(program);
      const marker = await firstLine(host.stdout);
      await until(() => processesWith(marker).length > 0 && descendantsOf(host.pid).length > 1);
      const ended = endOf(descendantsOf(host.pid));
      host.kill("SIGKILL");
      await host.exited;
      await until(() => processesWith(marker).length === 0 && ended());
    },
  );

  test.skipIf(!ableToSupervise)(`while a handler decides a call of its job, the job ends${missing(null)}`, async () => {
    const host = startHost("waits-with-a-handler.ts");
    const marker = await firstLine(host.stdout);
    const ended = endOf(descendantsOf(host.pid));
    expect(processesWith(marker).length).toBeGreaterThan(0);
    host.kill("SIGKILL");
    await host.exited;
    await until(() => processesWith(marker).length === 0 && ended());
  });

  test("ten times, at different moments of a launch", async () => {
    for (let i = 0; i < 10; i++) {
      const host = startHost("runs-a-command.ts");
      const marker = await firstLine(host.stdout);
      await Bun.sleep(i * 3);
      host.kill("SIGKILL");
      await host.exited;
      await until(() => processesWith(marker).length === 0);
    }
  });

  test("the next host takes away the cgroup folders that it left", async () => {
    const killed = startHost("runs-a-command.ts");
    const marker = await firstLine(killed.stdout);
    await until(() => processesWith(marker).length > 0);
    killed.kill("SIGKILL");
    await killed.exited;
    await until(() => processesWith(marker).length === 0);
    const next = startHost("runs-true.ts");
    expect((await new Response(next.stdout).text()).trim()).toBe("ok");
    await next.exited;
    expect(cgroupFoldersOf(killed.pid)).toEqual([]);
  });
});

describe("when a worker is killed", () => {
  test("its job ends as worker-died, and the next job gets a new worker", async () => {
    // Without a standby the second process of that name is the job.
    await using pool = await createPool<typeof tasks>({ module, standby: false });
    const running = pool.execute("later", [60_000], { limits: { wallMs: 50_000 } });
    const workers = (): number[] =>
      descendantsOf(process.pid).filter((pid) => commandLine(pid).includes("/hutch/worker.js"));
    await until(() => workers().length >= 2);
    process.kill(workers()[0] as number, "SIGKILL");
    const outcome = await running;
    expect(outcome.verdict).toMatchObject({ status: "worker-died", blame: "ambiguous", retry: "once" });
    expect(await pool.call("add", [1, 2])).toBe(3);
  });
});

describe("when there are no descriptors left", () => {
  test("a host says so, ends nothing of its own, and runs the next job once there are some", async () => {
    const host = startHost("runs-out-of-descriptors.ts", 256);
    const said = await new Response(host.stdout).text();
    expect(said).toMatch(/^refused: HOST_FAILURE, EMFILE, .*ulimit -n/);
    expect(said).toContain("then: ok");
    expect(await host.exited).toBe(0);
  });
});
